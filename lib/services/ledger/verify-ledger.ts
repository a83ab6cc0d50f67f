import type { PoolClient } from 'pg';
import { inTransaction } from '@/lib/infra/db/client';
import type { ServicesDatabase } from '@/lib/services/database';
import { LEDGER_INVARIANTS, type LedgerInvariant } from './schemas';

/** Whether one invariant holds; `violation` names the first row that breaks it. */
export interface LedgerCheck {
  readonly invariant: LedgerInvariant;
  readonly ok: boolean;
  readonly violation: string | null;
}

export interface LedgerFigures {
  readonly books: number;
  readonly wallets: number;
  readonly transactions: number;
  readonly postings: number;
  readonly charges: number;
  readonly openHolds: number;
  readonly liveCalls: number;
}

export interface LedgerVerdict {
  readonly ok: boolean;
  /** The first invariant that is broken, and where; null = none is. */
  readonly broken: string | null;
  readonly checks: readonly LedgerCheck[];
  readonly figures: LedgerFigures;
}

/** Each finds rows that break its invariant, and says what is wrong with the first. */
const QUERIES: Readonly<Record<LedgerInvariant, string>> = {
  'transactions balance': `
    SELECT format('transaction %s, book %s: %s %s left over', transaction_id, book_id,
                  sum(amount_micro), currency) AS violation
      FROM posting GROUP BY transaction_id, book_id, currency HAVING sum(amount_micro) <> 0`,
  'postings stand in their books': `
    SELECT format('line %s of transaction %s is not in the book and currency of its account', p.line, p.transaction_id) AS violation
      FROM posting p
      LEFT JOIN ledger_account a ON a.id = p.ledger_account_id
      LEFT JOIN ledger_book b ON b.id = a.book_id
     WHERE a.id IS NULL OR a.book_id <> p.book_id OR b.currency <> p.currency`,
  'transactions and postings belong together': `
    SELECT coalesce(format('transaction %s has no postings', t.key),
                    format('posting of unknown transaction %s', p.transaction_id)) AS violation
      FROM ledger_transaction t
      FULL JOIN (SELECT DISTINCT transaction_id FROM posting) p ON p.transaction_id = t.id
     WHERE t.id IS NULL OR p.transaction_id IS NULL`,
  'wallets equal their postings': `
    SELECT format('wallet %s has %s, its postings sum to %s', w.id, w.balance_micro,
                  coalesce(s.total, 0)) AS violation
      FROM wallet w
      LEFT JOIN (
        SELECT a.wallet_id, sum(p.amount_micro) AS total
          FROM posting p JOIN ledger_account a ON a.id = p.ledger_account_id
         WHERE a.wallet_id IS NOT NULL GROUP BY a.wallet_id
      ) s ON s.wallet_id = w.id
     WHERE w.balance_micro <> coalesce(s.total, 0)`,
  'held funds equal the open holds': `
    SELECT format('wallet %s holds %s, its open holds sum to %s', w.id, w.held_micro,
                  coalesce(s.total, 0)) AS violation
      FROM wallet w
      LEFT JOIN (
        SELECT wallet_id, sum(amount_micro) AS total FROM hold WHERE state = 'open' GROUP BY wallet_id
      ) s ON s.wallet_id = w.id
     WHERE w.held_micro <> coalesce(s.total, 0)`,
  'open holds belong to live calls': `
    SELECT format('hold of call %s, hop %s is open and its call is not live', h.call_id, h.hop)
           AS violation
      FROM hold h LEFT JOIN live_call l ON l.id = h.call_id
     WHERE h.state = 'open' AND l.id IS NULL`,
  'charges equal their postings': `
    SELECT CASE WHEN c.amount IS NULL
             THEN format('transaction %s posted %s for %s, and no charge says so',
                         transaction_id, s.amount, party)
             ELSE format('charges of transaction %s, the first of call %s, hop %s, over %s: it posted %s',
                         coalesce(transaction_id::text, '(none)'), c.call_id, c.hop, c.amount,
                         coalesce(s.amount::text, 'nothing'))
           END AS violation
      FROM (
        -- All hops of a call share a transaction; of calls that are charged later those of a buyer
        -- do (services/post-rating).
        SELECT transaction_id, coalesce(carrier_id, buyer_account_id) AS party,
               carrier_id IS NOT NULL AS is_carrier, sum(amount_micro) AS amount,
               min(call_id::text) AS call_id, min(hop) AS hop,
               count(*) FILTER (WHERE amount_micro = 0) AS free
          FROM charge WHERE amount_micro <> 0 OR transaction_id IS NOT NULL
         GROUP BY transaction_id, party, is_carrier
      ) c
      -- A full join: no plan can go through one side for each row of the other.
      FULL JOIN (
        SELECT p.transaction_id, a.counterparty_id AS party, a.kind = 'carrier_payable' AS is_carrier,
               sum(CASE WHEN a.kind = 'wallet' THEN -p.amount_micro ELSE p.amount_micro END) AS amount
          FROM posting p
          JOIN ledger_transaction t ON t.id = p.transaction_id
          JOIN ledger_account a ON a.id = p.ledger_account_id
         WHERE t.kind IN ('call', 'correction') AND a.kind IN ('wallet', 'carrier_payable')
         GROUP BY p.transaction_id, party, is_carrier
      ) s USING (transaction_id, party, is_carrier)
     WHERE c.free > 0 OR s.amount IS DISTINCT FROM c.amount`,
};

const FIGURES = `
  SELECT (SELECT count(*)::int FROM ledger_book) AS books,
         (SELECT count(*)::int FROM wallet) AS wallets,
         (SELECT count(*)::int FROM ledger_transaction) AS transactions,
         (SELECT count(*)::int FROM posting) AS postings,
         (SELECT count(*)::int FROM charge) AS charges,
         (SELECT count(*)::int FROM hold WHERE state = 'open') AS "openHolds",
         (SELECT count(*)::int FROM live_call) AS "liveCalls"`;

/**
 * Checks every invariant of the ledger over all of its rows, in one consistent view: calls may go
 * on meanwhile. Reads only.
 */
export function verifyLedger(database: ServicesDatabase): Promise<LedgerVerdict> {
  return inTransaction(database.pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    // Every query reads whole tables; without statistics a loop over them might be planned.
    await client.query('SET LOCAL enable_nestloop = off');
    const checks: LedgerCheck[] = [];
    for (const invariant of LEDGER_INVARIANTS) checks.push(await check(client, invariant));
    const { rows } = await client.query<LedgerFigures>(FIGURES);
    const figures = rows[0] ?? {
      books: 0,
      wallets: 0,
      transactions: 0,
      postings: 0,
      charges: 0,
      openHolds: 0,
      liveCalls: 0,
    };
    const broken = checks.find((each) => !each.ok);
    return {
      ok: broken === undefined,
      broken: broken ? `${broken.invariant}: ${broken.violation}` : null,
      checks,
      figures,
    };
  });
}

async function check(client: PoolClient, invariant: LedgerInvariant): Promise<LedgerCheck> {
  const { rows } = await client.query<{ violation: string }>(`${QUERIES[invariant]} LIMIT 1`);
  const violation = rows[0]?.violation ?? null;
  return { invariant, ok: violation === null, violation };
}
