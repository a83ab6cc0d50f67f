import type { ConfigKind } from '@/lib/core/config-kinds';
import type { Database } from '@/lib/infra/db/client';
import { readObjects } from './internal/objects';
import { inSnapshot } from './internal/snapshot';
import type { ConfigObjects } from './types';

/** Objects of one kind by id; `ids` null reads the whole kind (to heal a drift). */
export async function loadObjects(
  database: Database,
  kind: ConfigKind,
  ids: readonly string[] | null,
): Promise<ConfigObjects> {
  return await inSnapshot(database, (client) => readObjects(client, { [kind]: ids }));
}
