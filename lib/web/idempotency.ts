import { AppError, isAppError } from '@/lib/core/errors';
import {
  claimIdempotency,
  finishIdempotency,
  type IdempotencyRef,
  releaseIdempotency,
  type StoredResult,
} from '@/lib/services/api-keys/idempotency';
import { requestFingerprint, toJson } from './json';
import { PROBLEMS, problemResponse } from './problem';
import type { Caller, RouteDefinition } from './route-types';
import type { WebRuntime } from './runtime';

/** Headers of a first answer that a replay repeats. */
const KEPT_HEADERS = ['content-type', 'location', 'etag'];

interface OnceRequest {
  readonly runtime: WebRuntime;
  readonly request: Request;
  readonly definition: RouteDefinition;
  readonly caller: Caller;
  readonly body: unknown;
}

/**
 * Runs a request at most once per Idempotency-Key and caller, and replays its answer after that.
 * A refusal changed nothing, so its key may be used again; an unexpected failure is kept, because
 * nobody knows how far it went.
 */
export async function runOnce(once: OnceRequest, run: () => Promise<Response>): Promise<Response> {
  const { runtime, request, definition } = once;
  const key = definition.idempotency === undefined ? null : idempotencyKey(once);
  if (key === null) return run();
  const { database, clock } = runtime;
  const { pathname, search } = new URL(request.url);
  const fingerprint = requestFingerprint(request.method, `${pathname}${search}`, once.body);
  const ref = { callerId: callerId(once.caller), key };
  const stored = await claimIdempotency(database, ref, { fingerprint, nowMs: clock.nowMs() });
  if (stored) return replay(stored);
  let response: Response;
  try {
    response = await run();
  } catch (error) {
    await settleFailure(runtime, ref, error);
    throw error;
  }
  await keep(runtime, ref, response.clone());
  return response;
}

function idempotencyKey(once: OnceRequest): string | null {
  const written = once.request.headers.get('idempotency-key');
  if (written === null) {
    if (once.definition.idempotency === 'optional' || once.caller.kind === 'session') return null;
    throw new AppError('INVALID_INPUT', 'This request needs an Idempotency-Key header.');
  }
  // A structured-field string has quotes; bare keys are common and taken too.
  const key = /^"(.*)"$/.exec(written.trim())?.[1] ?? written.trim();
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError(
      'INVALID_INPUT',
      'An Idempotency-Key has 1 to 255 visible ASCII characters.',
    );
  }
  return key;
}

function callerId(caller: Caller): string {
  return caller.kind === 'api_key' ? caller.keyId : caller.userId;
}

async function keep(runtime: WebRuntime, ref: IdempotencyRef, response: Response): Promise<void> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const body = toJson({ headers, text: await response.text() });
  const nowMs = runtime.clock.nowMs();
  await finishIdempotency(runtime.database, ref, { status: response.status, body, nowMs });
}

async function settleFailure(
  runtime: WebRuntime,
  ref: IdempotencyRef,
  error: unknown,
): Promise<void> {
  const refused = isAppError(error) && PROBLEMS[error.code].status < 500;
  if (refused || (isAppError(error) && error.code === 'UNAVAILABLE')) {
    await releaseIdempotency(runtime.database, ref);
    return;
  }
  await keep(runtime, ref, problemResponse(error, ref.key)).catch((failure: unknown) =>
    runtime.log.warn('idempotency.not_kept', { error: failure }),
  );
}

function replay(stored: StoredResult): Response {
  const kept = stored.body as { headers: [string, string][]; text: string };
  const headers = new Headers(kept.headers);
  headers.set('idempotency-replayed', 'true');
  headers.set('idempotency-expires', new Date(stored.expiresAtMs).toUTCString());
  const empty = stored.status === 204 || stored.status === 304;
  return new Response(empty ? null : kept.text, { status: stored.status, headers });
}
