import { newId } from '@/lib/core/ids.server';
import { type Database, inTransaction } from '@/lib/infra/db/client';
import { deleteBindingsSql, upsertBindingsSql } from './internal/sql';
import type { BindingKey, BindingRecord } from './types';

/** What the registrar changed since it last wrote; a key stands in one of the two only. */
export interface BindingBatch {
  readonly upserts: readonly BindingRecord[];
  readonly deletes: readonly BindingKey[];
}

/**
 * Writes a group of bindings in one transaction, two statements at most. Bindings of extensions
 * that are gone by now are left out instead of failing their group.
 */
export async function writeBindings(database: Database, batch: BindingBatch): Promise<void> {
  if (batch.upserts.length === 0 && batch.deletes.length === 0) return;
  const latest = new Map<string, BindingRecord>();
  for (const one of batch.upserts) latest.set(`${one.extensionId} ${one.contactUri}`, one);
  const rows = [...latest.values()].map((one) => ({ id: newId(one.registeredAtMs), ...one }));
  await inTransaction(database.pool, async (client) => {
    if (batch.deletes.length > 0) {
      await client.query(deleteBindingsSql, [JSON.stringify(batch.deletes)]);
    }
    if (rows.length > 0) await client.query(upsertBindingsSql, [JSON.stringify(rows)]);
  });
}
