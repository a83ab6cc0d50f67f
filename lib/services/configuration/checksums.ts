import type { Database } from '@/lib/infra/db/client';
import { readChecksums } from './internal/objects';
import type { ConfigChecksums } from './types';

/** What a complete, current copy of each kind adds up to. */
export async function checksums(database: Database): Promise<ConfigChecksums> {
  return await readChecksums(database.pool);
}
