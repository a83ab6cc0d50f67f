import { AppError } from '@/lib/core/errors';
import { safeEqual } from '@/lib/infra/crypto';
import type { Database } from '@/lib/infra/db/client';
import {
  claimIdempotencySql,
  finishIdempotencySql,
  readIdempotencySql,
  releaseIdempotencySql,
} from './internal/sql';

/** How long a result is kept for replay. */
export const IDEMPOTENCY_HOURS = 24;

/** Names one request of one caller. */
export interface IdempotencyRef {
  /** The API key's or the user's id. */
  readonly callerId: string;
  readonly key: string;
}

export interface StoredResult {
  readonly status: number;
  readonly body: unknown;
  readonly expiresAtMs: number;
}

interface RecordRow {
  readonly fingerprint: Buffer;
  readonly status: number | null;
  readonly body: unknown;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date;
}

/**
 * Claims a key for a request that is about to run (null), or gives the result of the one that ran
 * with it. Throws IDEMPOTENCY_KEY_REUSED where the key stands for another request and
 * IDEMPOTENCY_IN_FLIGHT where the first one has not told its result: it still runs, or it was cut
 * off and its outcome must be looked up. (draft-ietf-httpapi-idempotency-key-header-07)
 */
export async function claimIdempotency(
  database: Database,
  ref: IdempotencyRef,
  request: { readonly fingerprint: Uint8Array; readonly nowMs: number },
): Promise<StoredResult | null> {
  const now = new Date(request.nowMs);
  const expires = new Date(request.nowMs + IDEMPOTENCY_HOURS * 3_600_000);
  const claimed = await database.pool.query(claimIdempotencySql, [
    ref.callerId,
    ref.key,
    Buffer.from(request.fingerprint),
    now,
    expires,
  ]);
  if (claimed.rowCount === 1) return null;
  const { rows } = await database.pool.query<RecordRow>(readIdempotencySql, [
    ref.callerId,
    ref.key,
  ]);
  const record = rows[0];
  if (record && !safeEqual(record.fingerprint, request.fingerprint)) {
    throw new AppError(
      'IDEMPOTENCY_KEY_REUSED',
      'This Idempotency-Key was used for a different request. Take a new one.',
    );
  }
  if (!record || record.finishedAt === null || record.status === null) {
    throw new AppError(
      'IDEMPOTENCY_IN_FLIGHT',
      'A request with this Idempotency-Key has not finished. Ask again, or look up its outcome.',
      { meta: { retryAfterSeconds: 2 } },
    );
  }
  return { status: record.status, body: record.body, expiresAtMs: record.expiresAt.getTime() };
}

/** Keeps a result for replay. */
export async function finishIdempotency(
  database: Database,
  ref: IdempotencyRef,
  result: { readonly status: number; readonly body: string | null; readonly nowMs: number },
): Promise<void> {
  const { status, body, nowMs } = result;
  const values = [ref.callerId, ref.key, status, body, new Date(nowMs)];
  await database.pool.query(finishIdempotencySql, values);
}

/** Gives a key back after a request that was refused and changed nothing: it may be sent again. */
export async function releaseIdempotency(database: Database, ref: IdempotencyRef): Promise<void> {
  await database.pool.query(releaseIdempotencySql, [ref.callerId, ref.key]);
}
