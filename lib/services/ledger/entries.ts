import type { AmountMicro } from '@/lib/core/money';

/** A line of a ledger transaction. Credits are positive: a wallet is what its seller owes. */
export interface LedgerLine {
  readonly ledgerAccountId: string;
  readonly amountMicro: AmountMicro;
}

/**
 * A ledger transaction to be posted; its lines sum to 0 for each book and currency. Of a call it is
 * one, with the lines of all its hops in all their books.
 */
export interface LedgerEntry {
  /** Posted once, however often it is tried: "call:<id>", "topup:<id>" … */
  readonly key: string;
  readonly id: string;
  readonly kind: LedgerKind;
  readonly subjectId: string | null;
  readonly actorId: string | null;
  readonly reason: string | null;
  readonly lines: readonly LedgerLine[];
}

export const LEDGER_KINDS = [
  'call',
  'opening_balance',
  'top_up',
  'adjustment',
  'subscription',
  'correction',
  'credit_note',
  'number',
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** The arguments of the SQL function post_ledger, in its order. */
export type PostLedgerValues = [
  keys: string[],
  ids: string[],
  kinds: string[],
  subjects: (string | null)[],
  actors: (string | null)[],
  reasons: (string | null)[],
  transactions: string[],
  lines: number[],
  accounts: string[],
  amounts: string[],
  heldWallets: string[],
  heldAmounts: string[],
];

/** The one statement by which postings come to be. */
export const POST_LEDGER_SQL = `SELECT post_ledger AS id FROM post_ledger($1::text[], $2::uuid[],
  $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::int[], $9::uuid[],
  $10::text[]::bigint[], $11::uuid[], $12::text[]::bigint[])`;

/**
 * Lays a group of entries out for POST_LEDGER_SQL. `heldChanges`: by how much the held funds of
 * wallets change in the same write.
 */
export function postLedgerValues(
  entries: readonly LedgerEntry[],
  heldChanges: ReadonlyMap<string, AmountMicro> = new Map(),
): PostLedgerValues {
  const values: PostLedgerValues = [[], [], [], [], [], [], [], [], [], [], [], []];
  for (const entry of entries) {
    values[0].push(entry.key);
    values[1].push(entry.id);
    values[2].push(entry.kind);
    values[3].push(entry.subjectId);
    values[4].push(entry.actorId);
    values[5].push(entry.reason);
    for (const [index, line] of entry.lines.entries()) {
      values[6].push(entry.id);
      values[7].push(index + 1);
      values[8].push(line.ledgerAccountId);
      values[9].push(line.amountMicro.toString());
    }
  }
  for (const [walletId, amountMicro] of heldChanges) {
    values[10].push(walletId);
    values[11].push(amountMicro.toString());
  }
  return values;
}
