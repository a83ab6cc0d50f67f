import type { Database } from '@/lib/infra/db/client';
import { reportObservedSql } from './internal/sql';
import type { ConfigRef } from './types';

/** Says which generations a node has applied; an older one never overwrites a newer. */
export async function reportObserved(
  database: Database,
  nodeId: string,
  refs: readonly ConfigRef[],
): Promise<void> {
  const newest = new Map<string, ConfigRef>();
  for (const ref of refs) {
    const known = newest.get(`${ref.kind} ${ref.objectId}`);
    if (!known || known.generation < ref.generation) newest.set(`${ref.kind} ${ref.objectId}`, ref);
  }
  if (newest.size === 0) return;
  const rows = [...newest.values()].map((ref) => ({
    ...ref,
    generation: ref.generation.toString(),
  }));
  await database.pool.query(reportObservedSql, [nodeId, JSON.stringify(rows)]);
}
