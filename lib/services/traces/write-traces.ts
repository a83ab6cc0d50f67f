import type { Database } from '@/lib/infra/db/client';
import { packMessages } from './internal/pack';
import type { CallTrace } from './types';

/** Accounts that are gone by now have nothing kept. The first writing of a call's trace counts. */
const INSERT = `
INSERT INTO call_trace (call_id, account_id, started_at, expires_at, message_count, truncated, content)
SELECT t.call_id, a.id, to_timestamp(t.started_ms / 1000), to_timestamp(t.expires_ms / 1000),
       t.messages, t.truncated, t.content
  FROM unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[], $5::int[], $6::bool[], $7::bytea[])
       AS t (call_id, account_id, started_ms, expires_ms, messages, truncated, content)
  JOIN account a ON a.id = t.account_id
ON CONFLICT (call_id, account_id) DO NOTHING`;

/** Keeps the signalling of calls that are over, a row for each account that wanted it. */
export async function writeTraces(database: Database, traces: readonly CallTrace[]): Promise<void> {
  if (traces.length === 0) return;
  const contents = await Promise.all(traces.map((trace) => packMessages(trace.messages)));
  await database.pool.query(INSERT, [
    traces.map((trace) => trace.callId),
    traces.map((trace) => trace.accountId),
    traces.map((trace) => trace.startedAtMs),
    traces.map((trace) => trace.expiresAtMs),
    traces.map((trace) => trace.messages.length),
    traces.map((trace) => trace.isTruncated),
    contents,
  ]);
}
