import { parseCidr } from '@/lib/core/cidr';
import { type Database, inTransaction } from '@/lib/infra/db/client';
import { countAttemptsSql, insertBansSql } from './internal/sql';
import type { BanBatch } from './types';

/**
 * Writes what the switch did by itself, in one transaction, two statements at most. A ban that was
 * lifted meanwhile is not there to be counted for, and stays lifted.
 */
export async function recordBans(database: Database, batch: BanBatch): Promise<void> {
  const rows = batch.made.flatMap(({ source, ...ban }) => {
    const parsed = parseCidr(source);
    return parsed.ok ? [{ ...ban, cidr: parsed.cidr }] : [];
  });
  const counts = [...batch.attempts].map(([id, count]) => ({ id, count }));
  if (rows.length === 0 && counts.length === 0) return;
  await inTransaction(database.pool, async (client) => {
    if (rows.length > 0) await client.query(insertBansSql, [JSON.stringify(rows)]);
    if (counts.length > 0) await client.query(countAttemptsSql, [JSON.stringify(counts)]);
  });
}
