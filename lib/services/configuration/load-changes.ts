import type { ConfigKind } from '@/lib/core/config-kinds';
import { assert } from '@/lib/core/errors';
import type { Database } from '@/lib/infra/db/client';
import { readChecksums, readObjects, type Wanted } from './internal/objects';
import { inSnapshot } from './internal/snapshot';
import { changesSql, watermarkSql } from './internal/sql';
import type { ConfigChanges, ConfigRef, ConfigWatermark } from './types';

/**
 * What was written since a watermark. Commit-safe: a transaction that began before the last
 * reading and commits after it is seen then, because the watermark never passes a transaction
 * that still runs. Objects may come twice; compare generations.
 */
export async function loadChanges(
  database: Database,
  since: ConfigWatermark,
): Promise<ConfigChanges> {
  return await inSnapshot(database, async (client) => {
    const { rows: marks } = await client.query<{ watermark: string }>(watermarkSql);
    const watermark = marks[0]?.watermark;
    assert(watermark !== undefined, 'a snapshot has an xmin');
    const { rows } = await client.query<ConfigRef & { deleted: boolean }>(changesSql, [since]);
    const wanted: Partial<Record<ConfigKind, string[]>> = {};
    const deleted: ConfigRef[] = [];
    for (const { deleted: gone, ...ref } of rows) {
      if (gone) {
        deleted.push(ref);
        continue;
      }
      wanted[ref.kind] ??= [];
      wanted[ref.kind]?.push(ref.objectId);
    }
    const changed = await readObjects(client, wanted satisfies Wanted);
    return { watermark, changed, deleted, checksums: await readChecksums(client) };
  });
}
