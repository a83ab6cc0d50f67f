import { assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import type { ServicesDatabase } from '@/lib/services/database';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { type LedgerEntry, POST_LEDGER_SQL, postLedgerValues } from '@/lib/services/ledger/entries';
import { availableMicro } from '@/lib/services/ledger/rules';
import type { RentalHop } from './rental-hops';

/** A month of a number that is to be charged, at every hop or at none. */
export interface PeriodCharge {
  readonly rentalId: string;
  readonly numberId: string;
  readonly period: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly hops: readonly RentalHop[];
  readonly actorId: string | null;
  readonly nowMs: number;
}

/** Either everybody has paid, or somebody could not, and nobody has. */
export type PeriodOutcome =
  | { readonly kind: 'charged' }
  | { readonly kind: 'short'; readonly buyerId: string };

interface HopDue {
  readonly hop: RentalHop;
  readonly setUpMicro: bigint;
  readonly amountMicro: bigint;
}

/**
 * Charges a month of a number from the wallet of every buyer on the way up into its seller's
 * revenue, in the caller's transaction, which holds the rental's row: the key of a posting names
 * rental, month and hop, so that a month is charged once whatever is repeated. The wallets stay
 * locked until the transaction ends, so that calls and fees never spend the same funds.
 */
export async function chargePeriod(
  tx: Tx,
  database: ServicesDatabase,
  charge: PeriodCharge,
): Promise<PeriodOutcome> {
  const due = charge.hops.map((hop) => {
    const setUpMicro = charge.period === 0 ? hop.setUpMicro : 0n;
    return { hop, setUpMicro, amountMicro: setUpMicro + hop.perPeriodMicro };
  });
  const posted = due.filter(({ hop, amountMicro }) => amountMicro > 0n && !hop.external);
  const chart = new ChartOfAccounts();
  const lines = await Promise.all(posted.map((one) => linesOf(database, chart, one)));
  const missing = posted[lines.indexOf(null)];
  if (missing) return { kind: 'short', buyerId: missing.hop.buyerId };
  const short = await firstShort(tx, posted);
  if (short) return { kind: 'short', buyerId: short.hop.buyerId };
  const entries = posted.map(
    ({ hop }, index): LedgerEntry => ({
      key: `number:${charge.rentalId}:${charge.period}:${hop.hop}`,
      id: newId(charge.nowMs),
      kind: 'number',
      subjectId: charge.numberId,
      actorId: charge.actorId,
      reason: null,
      lines: lines[index] ?? [],
    }),
  );
  if (entries.length > 0) {
    const made = await tx.$queryRawUnsafe<unknown[]>(POST_LEDGER_SQL, ...postLedgerValues(entries));
    assert(made.length === entries.length, 'a month of a number is charged once');
  }
  const transactionOf = new Map(posted.map(({ hop }, index) => [hop.hop, entries[index]?.id]));
  await tx.numberCharge.createMany({
    data: due.map(({ hop, setUpMicro }) => ({
      rentalId: charge.rentalId,
      period: charge.period,
      hop: hop.hop,
      buyerId: hop.buyerId,
      sellerId: hop.sellerId,
      currency: hop.currency,
      setUpMicro,
      periodMicro: hop.perPeriodMicro,
      periodStart: new Date(charge.startMs),
      periodEnd: new Date(charge.endMs),
      transactionId: transactionOf.get(hop.hop) ?? null,
    })),
  });
  return { kind: 'charged' };
}

/** A buyer's wallet line and its seller's revenue; null where it has no wallet in that currency. */
async function linesOf(
  { pool }: ServicesDatabase,
  chart: ChartOfAccounts,
  { hop, amountMicro }: HopDue,
): Promise<LedgerEntry['lines'] | null> {
  const { buyerId, sellerId, currency } = hop;
  await chart.ensureWallets(pool, [{ accountId: buyerId, currency }]);
  const wallet = chart.wallet(buyerId, currency);
  if (wallet === undefined) return null;
  const revenue = { ownerId: sellerId, currency, kind: 'revenue', counterpartyId: null } as const;
  await chart.ensureAccounts(pool, [revenue]);
  return [
    { ledgerAccountId: wallet.ledgerAccountId, amountMicro: -amountMicro },
    { ledgerAccountId: chart.accountId(revenue), amountMicro },
  ];
}

interface Funds {
  readonly account_id: string;
  readonly currency: string;
  readonly balance_micro: bigint;
  readonly held_micro: bigint;
  readonly credit_limit_micro: bigint;
}

/** The first buyer whose wallet does not cover it; locks all of them, in id order. */
async function firstShort(tx: Tx, due: readonly HopDue[]): Promise<HopDue | undefined> {
  if (due.length === 0) return undefined;
  const buyers = due.map(({ hop }) => hop.buyerId);
  const rows = await tx.$queryRaw<Funds[]>`
    SELECT account_id, currency, balance_micro, held_micro, credit_limit_micro
      FROM wallet WHERE account_id = ANY (${buyers}::uuid[]) ORDER BY id FOR UPDATE`;
  return due.find(({ hop, amountMicro }) => {
    const row = rows.find((one) => one.account_id === hop.buyerId && one.currency === hop.currency);
    if (!row) return true;
    const available = availableMicro({
      balanceMicro: row.balance_micro,
      heldMicro: row.held_micro,
      creditLimitMicro: row.credit_limit_micro,
    });
    return available < amountMicro;
  });
}
