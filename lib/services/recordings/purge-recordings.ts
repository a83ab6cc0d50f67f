import { unlink } from 'node:fs/promises';
import { capturePath } from './capture-place';
import type { RecordingWorkshop } from './finish-due';
import { refreshFull } from './internal/room';

/** Recordings a run: the job comes again in a quarter of an hour. */
const MAX_PURGED = 5_000;
const BATCH = 100;
/** What should have been made so long ago never will be: its node is gone for good. */
const ABANDONED_MS = 7 * 86_400_000;

interface ExpiredRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly blob_key: string | null;
}

/**
 * Deletes recordings whose time is over, with what was captured of those that failed; gives how many.
 * The sound goes first: a crash between leaves a row that the next run finds.
 */
export async function purgeRecordings(
  workshop: Pick<RecordingWorkshop, 'database' | 'blobs' | 'directory' | 'nowMs'>,
): Promise<number> {
  const { database, blobs, directory } = workshop;
  const tenants = new Set<string>();
  let purged = 0;
  while (purged < MAX_PURGED) {
    const { rows } = await database.pool.query<ExpiredRow>(
      `SELECT id, tenant_id, blob_key FROM recording
        WHERE expires_at <= $1 AND (state NOT IN ('capturing', 'processing') OR expires_at <= $2)
        ORDER BY expires_at LIMIT ${BATCH}`,
      [new Date(workshop.nowMs()), new Date(workshop.nowMs() - ABANDONED_MS)],
    );
    for (const row of rows) {
      if (row.blob_key !== null) await blobs.delete(row.blob_key);
      await unlink(capturePath(directory, row.id)).catch(ignoreMissing);
      tenants.add(row.tenant_id);
    }
    const ids = rows.map(({ id }) => id);
    await database.pool.query('DELETE FROM recording WHERE id = ANY ($1::uuid[])', [ids]);
    purged += rows.length;
    if (rows.length < BATCH) break;
  }
  for (const tenantId of tenants) await refreshFull(database.pool, tenantId);
  return purged;
}

function ignoreMissing(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
  throw error;
}
