import type { ImportDesk } from './import-desk';
import { importKey } from './internal/view';

/** A price list that nobody went on with for so long is out of date. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
/** Files deleted in one go. */
const AT_ONCE = 100;

/** Gives up imports that have waited for somebody for a month, and deletes their files: how many. */
export async function purgeImports({ database, blobs, clock }: ImportDesk): Promise<number> {
  const now = new Date(clock.nowMs());
  const { rows } = await database.pool.query<{ id: string }>(
    `UPDATE deck_import SET state = 'discarded', claim = NULL, finished_at = $2
      WHERE id IN (SELECT id FROM deck_import
        WHERE state IN ('uploaded', 'mapping', 'refused') AND created_at < $1 LIMIT ${AT_ONCE})
        AND state IN ('uploaded', 'mapping', 'refused')
      RETURNING id`,
    [new Date(now.getTime() - KEPT_DAYS * DAY_MS), now],
  );
  for (const { id } of rows) await blobs.delete(importKey(id));
  return rows.length;
}
