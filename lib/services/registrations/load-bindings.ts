import type { Database } from '@/lib/infra/db/client';
import { loadBindingsSql } from './internal/sql';
import type { BindingRecord } from './types';

/** The bindings that a node held when it last wrote and that have not expired at `nowMs`. */
export async function loadBindings(
  database: Database,
  nodeId: string,
  nowMs: number,
): Promise<readonly BindingRecord[]> {
  const { rows } = await database.pool.query<BindingRecord>(loadBindingsSql, [nodeId, nowMs]);
  return rows;
}
