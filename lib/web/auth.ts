import type { NextApiRequest, NextApiResponse } from 'next';
import NextAuth, { type AuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { AppError, isAppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { resolveSession } from '@/lib/services/identity/resolve-session';
import { SESSION_SECONDS } from '@/lib/services/identity/schemas';
import { endSession } from '@/lib/services/identity/sessions';
import { signIn } from '@/lib/services/identity/sign-in';
import { type RequestHost, requestHost } from './hosts';
import { limitStranger } from './limits';
import { problemResponse } from './problem';
import { clientAddress } from './request-facts';
import { type WebRuntime, webRuntime } from './runtime';
import { cookieOf, sessionCookieName } from './session-token';

/** Forms of sign-in are small. */
const MAX_BODY = 16_384;

/** A request to next-auth, with what was found out about it. */
interface AuthRequest {
  readonly runtime: WebRuntime;
  readonly request: Request;
  readonly host: RequestHost;
  readonly address: string | null;
  readonly requestId: string;
}

/**
 * Answers /api/auth/…: next-auth, told the verified host instead of what a client says, with its
 * cookies named for the scheme. Nobody signs in on a host that is not ours.
 */
export async function handleAuth(request: Request, path: readonly string[]): Promise<Response> {
  const runtime = webRuntime();
  const requestId = newId(runtime.clock.nowMs());
  try {
    const host = await requestHost(runtime, request.headers);
    const address = clientAddress(request.headers, runtime.settings.trustedProxies);
    const auth: AuthRequest = { runtime, request, host, address, requestId };
    refuseForeign(auth);
    return await runNextAuth(auth, path);
  } catch (error) {
    if (!isAppError(error)) runtime.log.error('auth.failed', { requestId, error });
    return problemResponse(error, requestId);
  }
}

function refuseForeign({ runtime, request, host, address }: AuthRequest): void {
  if (!host.known) {
    const { publicUrl } = runtime.settings;
    throw new AppError('FORBIDDEN', `This is not an address of the portal. Open ${publicUrl}.`);
  }
  if (request.method !== 'POST') return;
  limitStranger(runtime, address, new Headers());
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if ((origin === null || origin === host.origin) && (site === null || site === 'same-origin'))
    return;
  throw new AppError('CSRF_FAILED', 'The request did not come from a page of this portal.');
}

async function runNextAuth(auth: AuthRequest, path: readonly string[]): Promise<Response> {
  const { request, host } = auth;
  const url = new URL(request.url);
  const outcome: Outcome = { persistent: true };
  const call = {
    method: request.method,
    headers: {
      ...Object.fromEntries(request.headers),
      host: host.host,
      'x-forwarded-host': host.host,
      'x-forwarded-proto': host.secure ? 'https' : 'http',
    },
    cookies: cookiesOf(request),
    query: { ...Object.fromEntries(url.searchParams), nextauth: [...path] },
    body: await bodyOf(request),
  };
  const answer = new CollectedAnswer();
  // next-auth's handler for pages/api reads and calls these members and no others.
  await NextAuth(
    call as unknown as NextApiRequest,
    answer as unknown as NextApiResponse,
    optionsFor(auth, outcome),
  );
  return answer.toResponse(outcome.persistent ? null : sessionCookieName(host.secure));
}

function cookiesOf(request: Request): Record<string, string> {
  const header = request.headers.get('cookie');
  const names = (header ?? '').split(';').map((part) => part.split('=')[0]?.trim() ?? '');
  return Object.fromEntries(
    names.filter((name) => name !== '').map((name) => [name, decoded(cookieOf(header, name))]),
  );
}

function decoded(value = ''): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') return {};
  const text = await request.text();
  if (text.length > MAX_BODY) throw new AppError('INVALID_INPUT', 'The form is too large.');
  const isJson = request.headers.get('content-type')?.includes('json') ?? false;
  if (!isJson) return Object.fromEntries(new URLSearchParams(text));
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What became clear while next-auth ran. */
interface Outcome {
  /** Whether the session's cookie outlives the browser. */
  persistent: boolean;
}

function optionsFor(auth: AuthRequest, outcome: Outcome): AuthOptions {
  const { runtime, host } = auth;
  const cookie = (name: string) => ({
    name,
    options: { httpOnly: true, sameSite: 'lax' as const, path: '/', secure: host.secure },
  });
  const prefix = host.secure ? '__Host-' : '';
  return {
    secret: runtime.settings.sessionSecret,
    useSecureCookies: host.secure,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS.long },
    cookies: {
      sessionToken: cookie(sessionCookieName(host.secure)),
      csrfToken: cookie(`${prefix}tollbridge.csrf`),
      callbackUrl: cookie(`${prefix}tollbridge.return`),
    },
    pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/sign-in' },
    providers: [credentials(auth, outcome)],
    callbacks: callbacksFor(auth),
    events: { signOut: ({ token }) => endByToken(auth, token) },
    logger: {
      error: (code) => runtime.log.debug('auth.next_auth', { code }),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

function credentials(auth: AuthRequest, outcome: Outcome) {
  const { runtime, host, address, request, requestId } = auth;
  return CredentialsProvider({
    credentials: { email: {}, password: {}, code: {}, remember: {} },
    async authorize(given) {
      const remember = given?.remember === 'true';
      outcome.persistent = remember;
      try {
        const session = await signIn(runtime, {
          email: given?.email ?? '',
          password: given?.password ?? '',
          code: given?.code === undefined || given.code === '' ? undefined : given.code,
          remember,
          audience: host.host,
          withinPath: host.domain?.accountPath ?? null,
          address,
          userAgent: request.headers.get('user-agent') ?? '',
          requestId,
        });
        return { id: session.userId, sid: session.sessionId };
      } catch (error) {
        if (!isAppError(error)) runtime.log.error('auth.sign_in_failed', { requestId, error });
        // next-auth passes an error's message on to the page, and nothing else.
        throw new Error(refusalWord(error), { cause: error });
      }
    },
  });
}

/** The page's word for why a sign-in was refused: an error code of ours. */
function refusalWord(error: unknown): string {
  if (!isAppError(error)) return 'INTERNAL';
  return error.meta['wrong'] === true ? 'TWO_FACTOR_WRONG' : error.code;
}

function callbacksFor(auth: AuthRequest): NonNullable<AuthOptions['callbacks']> {
  const { runtime, host } = auth;
  return {
    /** A token says which session and which host; everything else is read from the row. */
    async jwt({ token, user }) {
      const made: unknown = user && 'sid' in user ? user.sid : undefined;
      if (typeof made === 'string') return { sub: user.id, sid: made, aud: host.host };
      const { sid, aud } = token;
      const claims = { sessionId: String(sid), audience: host.host };
      const lives =
        aud === host.host &&
        (await resolveSession(runtime.database, claims, runtime.clock.nowMs())) !== null;
      if (!lives) throw new AppError('UNAUTHENTICATED', 'The session has ended.');
      return token;
    },
    session: ({ session }) => ({ expires: session.expires }),
    /** Back to a path of this very host, or to its start. */
    redirect({ url }) {
      const home = new URL('/', host.origin);
      if (!URL.canParse(url, home.origin)) return home.href;
      const target = new URL(url, home.origin);
      return target.origin === home.origin ? target.href : home.href;
    },
  };
}

async function endByToken(
  auth: AuthRequest,
  token: Readonly<Record<string, unknown>> | null,
): Promise<void> {
  const { runtime, host, address, requestId } = auth;
  const { database, clock, sealer } = runtime;
  if (token === null || token['aud'] !== host.host) return;
  const claims = { sessionId: String(token['sid']), audience: host.host };
  const session = await resolveSession(database, claims, clock.nowMs());
  if (!session) return;
  const actor = { ...session.actor, address, requestId };
  await endSession({ database, clock, sealer, actor }, session.sessionId);
}

/** What next-auth would have written on a Node response. */
class CollectedAnswer {
  private code = 200;
  private readonly headers = new Headers({ 'cache-control': 'no-store' });
  private cookies: readonly string[] = [];
  private body: string | null = null;

  status(code: number): this {
    this.code = code;
    return this;
  }

  getHeader(name: string): readonly string[] | string | undefined {
    if (name.toLowerCase() === 'set-cookie') return this.cookies;
    return this.headers.get(name) ?? undefined;
  }

  setHeader(name: string, value: string | readonly string[]): this {
    if (name.toLowerCase() === 'set-cookie') this.cookies = [value].flat();
    else this.headers.set(name, String(value));
    return this;
  }

  json(value: unknown): void {
    this.headers.set('content-type', 'application/json');
    this.body = JSON.stringify(value);
  }

  send(value: unknown): void {
    if (typeof value === 'object' && value !== null) this.json(value);
    else this.body = typeof value === 'string' ? value : null;
  }

  end(): void {
    this.body = null;
  }

  /** `sessionCookie`: the cookie that ends with the browser, if any. */
  toResponse(sessionCookie: string | null): Response {
    for (const cookie of this.cookies) {
      const ends = sessionCookie !== null && cookie.startsWith(`${sessionCookie}=`);
      const short = ends && !/;\s*max-age=0/i.test(cookie);
      this.headers.append('set-cookie', short ? cookie.replace(/;\s*expires=[^;]*/i, '') : cookie);
    }
    return new Response(this.body, { status: this.code, headers: this.headers });
  }
}
