import type { Database } from '@/lib/infra/db/client';
import type { RecordingNote } from './types';

/**
 * Tenants that are gone by now have nothing kept. What was noted last counts, but what the worker made
 * of a capture is never undone.
 */
const UPSERT = `
INSERT INTO recording (id, call_id, account_id, tenant_id, node_id, from_extension_id,
    to_extension_id, consent, automatic, state, format, sealed, started_at, ended_at, incomplete,
    expires_at)
SELECT r.id, r.call_id, t.account_id, t.id, r.node_id, r.from_extension_id, r.to_extension_id,
    r.consent::"RecordingConsent", r.automatic, r.state::"RecordingState",
    r.format::"RecordingFormat", r.sealed, to_timestamp(r.started_ms / 1000.0),
    to_timestamp(r.ended_ms / 1000.0), r.incomplete,
    to_timestamp(r.started_ms / 1000.0) + make_interval(days => t.recording_days)
  FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, call_id uuid, tenant_id uuid, node_id text,
    from_extension_id uuid, to_extension_id uuid, consent text, automatic boolean, state text,
    format text, sealed boolean, started_ms float8, ended_ms float8, incomplete boolean)
  JOIN tenant t ON t.id = r.tenant_id
ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at,
    incomplete = excluded.incomplete
  WHERE recording.state = 'capturing'`;

/** Writes down which recordings began, and which have ended and how. The last note of each counts. */
export async function noteRecordings(
  database: Database,
  notes: readonly RecordingNote[],
): Promise<void> {
  // One statement must not touch a row twice.
  const last = new Map(notes.map((note) => [note.header.id, note]));
  if (last.size === 0) return;
  const rows = [...last.values()].map(({ header, state, endedAtMs, incomplete }) => ({
    id: header.id,
    call_id: header.callId,
    tenant_id: header.tenantId,
    node_id: header.nodeId,
    from_extension_id: header.fromExtensionId,
    to_extension_id: header.toExtensionId,
    consent: header.consent,
    automatic: header.automatic,
    state,
    format: header.format,
    sealed: header.sealedKey !== null,
    started_ms: header.startedAtMs,
    ended_ms: endedAtMs,
    incomplete,
  }));
  await database.pool.query(UPSERT, [JSON.stringify(rows)]);
}
