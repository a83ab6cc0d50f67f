import type { Database } from '@/lib/infra/db/client';

/** A node that has not written its heartbeat for this long is down. */
const BEAT_MAX_AGE_MS = 15_000;

/** Whether the database answers and a worker's heartbeat is fresh. Throws where it does not answer. */
export async function readBeats(database: Database, nowMs: number): Promise<{ worker: boolean }> {
  const { rowCount } = await database.pool.query(
    `SELECT 1 FROM node WHERE kind = 'worker' AND stopped_at IS NULL AND heartbeat_at > $1 LIMIT 1`,
    [new Date(nowMs - BEAT_MAX_AGE_MS)],
  );
  return { worker: rowCount === 1 };
}
