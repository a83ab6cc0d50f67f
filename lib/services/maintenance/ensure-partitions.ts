import type { ServicesDatabase } from '@/lib/services/database';

/** Months that exist ahead of now: a year of a worker that stands still would be noticed. */
const MONTHS_AHEAD = 13;

/** Makes the partitions of this month and those to come; gives how many were made. */
export async function ensurePartitions(database: ServicesDatabase, nowMs: number): Promise<number> {
  const { rows } = await database.pool.query<{ made: number }>(
    'SELECT ensure_partitions($1::date, $2) AS made',
    [new Date(nowMs), MONTHS_AHEAD],
  );
  return rows[0]?.made ?? 0;
}
