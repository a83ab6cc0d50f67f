import { newId } from '@/lib/core/ids.server';
import { type Database, inTransaction } from '@/lib/infra/db/client';
import { deleteBindingsSql, insertEventsSql, upsertBindingsSql } from './internal/sql';
import { bindingKeyOf } from './rules';
import type { BindingKey, BindingRecord, RegistrationEventRecord } from './types';

/** What the registrar changed since it last wrote; a key stands in one of the first two only. */
export interface BindingBatch {
  readonly upserts: readonly BindingRecord[];
  readonly deletes: readonly BindingKey[];
  /** Phones that came and went, in order. */
  readonly events?: readonly RegistrationEventRecord[];
}

/**
 * Writes a group of bindings in one transaction, three statements at most. Bindings of extensions
 * that are gone by now are left out instead of failing their group.
 */
export async function writeBindings(database: Database, batch: BindingBatch): Promise<void> {
  const { upserts, deletes, events = [] } = batch;
  if (upserts.length === 0 && deletes.length === 0 && events.length === 0) return;
  const latest = new Map<string, BindingRecord>();
  for (const one of upserts) latest.set(bindingKeyOf(one), one);
  const rows = [...latest.values()].map((one) => ({ id: newId(one.registeredAtMs), ...one }));
  const told = events.map((one) => ({ id: newId(one.atMs), ...one }));
  await inTransaction(database.pool, async (client) => {
    if (deletes.length > 0) await client.query(deleteBindingsSql, [JSON.stringify(deletes)]);
    if (rows.length > 0) await client.query(upsertBindingsSql, [JSON.stringify(rows)]);
    if (told.length > 0) await client.query(insertEventsSql, [JSON.stringify(told)]);
  });
}
