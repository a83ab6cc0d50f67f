import type { Database } from '@/lib/infra/db/client';

/** Rows a statement deletes: short locks, and room for everybody else between them. */
const BATCH = 2_000;
/** Batches a run: the job comes again in a quarter of an hour. */
const MAX_BATCHES = 50;

/** Forgets the signalling whose time is over; gives how many calls' it was. */
export async function purgeTraces(database: Database, nowMs: number): Promise<number> {
  let purged = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { rowCount } = await database.pool.query(
      `DELETE FROM call_trace WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM call_trace WHERE expires_at <= $1 LIMIT ${BATCH}))`,
      [new Date(nowMs)],
    );
    purged += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) break;
  }
  return purged;
}
