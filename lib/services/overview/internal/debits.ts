import { billingPeriod } from '@/lib/core/billing-period';
import type { ServicesDatabase } from '@/lib/services/database';
import type { ScheduledDebit } from '@/lib/services/overview/rules';

/** As far as "runs out on" looks. */
const MONTHS = 24;

/** $1: account, $2: currency. Months of numbers begin at midnight, so that few moments are left. */
const NUMBERS_SQL = `
SELECT r.next_due_at AS "dueAt", sum(h.per_period_micro)::bigint AS "amountMicro"
  FROM number_rental_hop h JOIN number_rental r ON r.id = h.rental_id
 WHERE h.buyer_id = $1 AND h.currency = $2 AND NOT h.external AND r.ended_at IS NULL
 GROUP BY 1 ORDER BY 1 LIMIT 1000`;

/** What is taken from an account's wallet at known moments: the months of its numbers. */
export async function readScheduledDebits(
  database: ServicesDatabase,
  wallet: { readonly accountId: string; readonly currency: string; readonly timeZone: string },
): Promise<readonly ScheduledDebit[]> {
  const { accountId, currency, timeZone } = wallet;
  const { rows } = await database.pool.query<{ dueAt: Date; amountMicro: bigint }>(NUMBERS_SQL, [
    accountId,
    currency,
  ]);
  return rows.flatMap(({ dueAt, amountMicro }) =>
    Array.from({ length: MONTHS }, (_, month) => ({
      atMs: billingPeriod({ startedAtMs: dueAt.getTime(), timeZone }, month).startMs,
      amountMicro,
    })),
  );
}
