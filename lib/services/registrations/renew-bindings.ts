import type { Database } from '@/lib/infra/db/client';
import { renewBindingsSql } from './internal/sql';
import type { BindingRecord } from './types';

/** What a phone that came again changes of its binding. */
export type RenewedBinding = Pick<
  BindingRecord,
  | 'extensionId'
  | 'contactUri'
  | 'instanceId'
  | 'regId'
  | 'callId'
  | 'cseq'
  | 'refreshedAtMs'
  | 'expiresAtMs'
>;

/**
 * Writes how long bindings live on, in one statement; how many of them have a row. Those that have
 * none are to be written whole (writeBindings).
 */
export async function renewBindings(
  database: Database,
  renewed: readonly RenewedBinding[],
): Promise<number> {
  const { rowCount } = await database.pool.query(renewBindingsSql, [
    renewed.map((one) => one.extensionId),
    renewed.map((one) => one.contactUri),
    renewed.map((one) => one.instanceId),
    renewed.map((one) => one.regId),
    renewed.map((one) => one.callId),
    renewed.map((one) => one.cseq),
    renewed.map((one) => one.refreshedAtMs),
    renewed.map((one) => one.expiresAtMs),
  ]);
  return rowCount ?? 0;
}
