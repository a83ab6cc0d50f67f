import type { ServicesDatabase } from '@/lib/services/database';

export interface DayFigures {
  readonly date: string;
  readonly calls: number;
  readonly answered: number;
  readonly seconds: number;
  readonly spentMicro: bigint;
}

/** Of which account, from which local date on, in which zone. */
export interface FigureScope {
  readonly accountId: string;
  readonly accountPath: string;
  readonly timeZone: string;
  readonly firstDate: string;
}

/**
 * $1: path, $2: first local date, $3: time zone, $4: account. Calls of the subtree by local day,
 * and what the account itself paid for calls on it. Ids begin with the time, so whole partitions
 * are left out.
 */
const DAILY_SQL = `
WITH bounds AS (SELECT uuid_floor($2::date::timestamp AT TIME ZONE $3) AS since),
calls AS (
  SELECT to_char(c.started_at AT TIME ZONE $3, 'YYYY-MM-DD') AS date, count(*)::int AS calls,
         count(c.answered_at)::int AS answered, (sum(c.duration_ms) / 1000)::int AS seconds
    FROM call c, bounds
   WHERE c.id >= bounds.since AND (c.account_id IN (SELECT id FROM account WHERE starts_with(path, $1))
      OR c.peer_account_id IN (SELECT id FROM account WHERE starts_with(path, $1)))
   GROUP BY 1
), spent AS (
  SELECT to_char(c.started_at AT TIME ZONE $3, 'YYYY-MM-DD') AS date,
         sum(h.amount_micro)::bigint AS spent
    FROM charge h, bounds, call c
   WHERE h.buyer_account_id = $4::uuid AND h.id >= bounds.since
     AND c.id = h.call_id AND c.id >= bounds.since
   GROUP BY 1
)
SELECT coalesce(calls.date, spent.date) AS date, coalesce(calls.calls, 0) AS calls,
       coalesce(calls.answered, 0) AS answered, coalesce(calls.seconds, 0) AS seconds,
       coalesce(spent.spent, 0)::bigint AS "spentMicro"
  FROM calls FULL JOIN spent ON spent.date = calls.date`;

/** Calls and spend by local day; days on which nothing happened are absent. */
export async function readDailyFigures(
  database: ServicesDatabase,
  scope: FigureScope,
): Promise<ReadonlyMap<string, DayFigures>> {
  const { rows } = await database.pool.query<DayFigures>(DAILY_SQL, [
    scope.accountPath,
    scope.firstDate,
    scope.timeZone,
    scope.accountId,
  ]);
  return new Map(rows.map((row) => [row.date, row]));
}

/** How many extensions a subtree has, and how many of them are registered now. */
export async function readRegistrationFigures(
  database: ServicesDatabase,
  accountPath: string,
  nowMs: number,
): Promise<{ readonly total: number; readonly registered: number }> {
  const inSubtree = { tenant: { account: { path: { startsWith: accountPath } } } };
  const [total, registered] = await Promise.all([
    database.prisma.extension.count({ where: inSubtree }),
    database.prisma.extension.count({
      where: { ...inSubtree, bindings: { some: { expiresAt: { gt: new Date(nowMs) } } } },
    }),
  ]);
  return { total, registered };
}
