import { AppError, isAppError } from '@/lib/core/errors';
import { authenticateApiKey } from '@/lib/services/api-keys/authenticate';
import type { Actor } from '@/lib/services/context';
import { type ResolvedSession, resolveSession } from '@/lib/services/identity/resolve-session';
import { CSRF_HEADER } from '@/lib/services/identity/schemas';
import { type RequestHost, requestHost } from './hosts';
import { clientAddress } from './request-facts';
import type { Caller } from './route-types';
import type { WebRuntime } from './runtime';
import { cookieOf, readSessionToken, sessionCookieName } from './session-token';

/** Who was let in, as the wrapper and as verbs see them. */
export interface Admission {
  readonly caller: Caller;
  readonly actor: Actor;
  readonly address: string | null;
}

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Finds out who asks: an API key (by Authorization, key and address together) or a session (by
 * cookie, on the host it was made on, and protected against requests forged by other sites).
 * Throws UNAUTHENTICATED, ADDRESS_NOT_ALLOWED or CSRF_FAILED.
 */
export async function authenticate(
  runtime: WebRuntime,
  request: Request,
  requestId: string,
): Promise<Admission> {
  const address = clientAddress(request.headers, runtime.settings.trustedProxies);
  const authorization = request.headers.get('authorization');
  if (authorization !== null) {
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
    const key = await admitKey(runtime, secret, address);
    const actor: Actor = { ...key.actor, address, requestId };
    return { caller: { kind: 'api_key', keyId: key.keyId }, actor, address };
  }
  const host = await requestHost(runtime, request.headers);
  const session = await sessionOf(runtime, request.headers, host);
  if (!session) throw new AppError('UNAUTHENTICATED', 'Sign in first, or send an API key.');
  if (!SAFE_METHODS.includes(request.method)) requireSameSite(request.headers, host);
  const { sessionId, userId } = session;
  const actor: Actor = { ...session.actor, address, requestId };
  return { caller: { kind: 'session', sessionId, userId }, actor, address };
}

/** The live session that a request's cookie stands for on the host it was sent to. */
export async function sessionOf(
  runtime: WebRuntime,
  headers: Headers,
  host: RequestHost,
): Promise<ResolvedSession | null> {
  if (!host.known) return null;
  const cookie = cookieOf(headers.get('cookie'), sessionCookieName(host.secure));
  const claims = await readSessionToken(runtime, cookie);
  if (claims === null || claims.audience !== host.host) return null;
  return resolveSession(runtime.database, claims, runtime.clock.nowMs());
}

async function admitKey(runtime: WebRuntime, secret: string, address: string | null) {
  const { database, clock, log } = runtime;
  try {
    return await authenticateApiKey(database, { secret, address, nowMs: clock.nowMs() });
  } catch (error) {
    if (isAppError(error) && error.code === 'ADDRESS_NOT_ALLOWED') {
      const { keyId, accountId } = error.meta;
      log.warn('api_key.address_refused', { keyId, accountId, address });
    }
    throw error;
  }
}

/**
 * A request that changes something must come from a page of this very host: it carries our header
 * (which other origins can't add without a preflight that we refuse), and what the browser says
 * about its origin must agree. Throws CSRF_FAILED.
 */
export function requireSameSite(headers: Headers, host: RequestHost): void {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  const marked = headers.get(CSRF_HEADER) !== null;
  const originFits = origin === null ? site === 'same-origin' : origin === host.origin;
  const siteFits = site === null || site === 'same-origin';
  if (marked && originFits && siteFits && host.known) return;
  throw new AppError('CSRF_FAILED', 'The request did not come from a page of this portal.');
}
