import type { Database } from '@/lib/infra/db/client';
import { touchKeysSql } from './internal/sql';

/** Writes when keys were last used: pairs of key id and Unix milliseconds, one statement. */
export async function recordKeyUse(
  database: Database,
  uses: readonly (readonly [keyId: string, atMs: number])[],
): Promise<void> {
  const ids = uses.map(([keyId]) => keyId);
  const times = uses.map(([, atMs]) => new Date(atMs));
  await database.pool.query(touchKeysSql, [ids, times]);
}
