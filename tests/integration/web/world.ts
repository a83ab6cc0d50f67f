import { ManualClock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { createSealer, hashPassword, hashToken } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import { connectServices } from '@/lib/services/database';
import { CSRF_HEADER } from '@/lib/services/identity/schemas';
import { handleAuth } from '@/lib/web/auth';
import { trustStamps } from '@/lib/web/request-facts';
import type { NextExtra } from '@/lib/web/route-types';
import { replaceWebRuntime, type WebRuntime, type WebSettings } from '@/lib/web/runtime';
import { type FreshDatabase, freshDatabase } from '@/tests/support/database';

export const PASSWORD = 'correct horse battery';
export const PLATFORM = 'portal.test';

type Handler = (request: Request, extra: NextExtra) => Promise<Response>;

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly cookie?: string;
  readonly key?: string;
  readonly peer?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A web process's insides over a database of its own, with a clock that is moved by hand. */
export interface World {
  readonly runtime: WebRuntime;
  readonly clock: ManualClock;
  readonly fresh: FreshDatabase;
  close(): Promise<void>;
}

/** Opens a world and puts it in the place of the process's own runtime. */
export async function openWorld(settings: Partial<WebSettings> = {}): Promise<World> {
  const fresh = await freshDatabase();
  const database = connectServices({
    url: fresh.appUrl,
    max: 6,
    applicationName: 'test web',
    onIdleError: () => undefined,
  });
  // Session tokens carry an expiry by the real clock.
  const clock = new ManualClock(Date.now());
  const runtime: WebRuntime = {
    database,
    clock,
    sealer: createSealer('a secret key for tests, long enough'),
    log: silentLogger,
    settings: {
      publicUrl: `https://${PLATFORM}`,
      port: 3_000,
      httpsPort: null,
      trustedProxies: [],
      corsOrigins: [],
      canRecord: true,
      controlPort: 1,
      controlSecret: 'x'.repeat(32),
      sessionSecret: 'a session secret for tests',
      ...settings,
    },
  };
  replaceWebRuntime(runtime);
  trustStamps(true);
  return {
    runtime,
    clock,
    fresh,
    async close() {
      replaceWebRuntime(undefined);
      await database.close();
      await fresh.drop();
    },
  };
}

/** A request as the preload hands it on: peer and host stamped, everything else the client's. */
export function requestOf(sent: Sent): Request {
  const host = sent.host ?? PLATFORM;
  const headers = new Headers({
    host,
    'x-tollbridge-host': host,
    'x-tollbridge-peer': sent.peer ?? '192.0.2.10',
    'x-tollbridge-proto': 'https',
  });
  if (sent.cookie !== undefined) headers.set('cookie', sent.cookie);
  if (sent.key !== undefined) headers.set('authorization', `Bearer ${sent.key}`);
  if (sent.body !== undefined) headers.set('content-type', 'application/json');
  if (sent.cookie !== undefined && sent.method !== undefined) {
    headers.set('origin', `https://${host}`);
    headers.set('sec-fetch-site', 'same-origin');
    headers.set(CSRF_HEADER, '1');
  }
  for (const [name, value] of Object.entries(sent.headers ?? {})) {
    if (value === '') headers.delete(name);
    else headers.set(name, value);
  }
  return new Request(`https://${host}${sent.path ?? '/api/v1/test'}`, {
    method: sent.method ?? 'GET',
    headers,
    ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
    ...(sent.signal === undefined ? {} : { signal: sent.signal }),
  });
}

/** Calls a route file's handler. */
export function call(handler: Handler, sent: Sent = {}): Promise<Response> {
  return handler(requestOf(sent), { params: Promise.resolve({ ...sent.params }) });
}

interface SignInForm {
  readonly email: string;
  readonly password?: string;
  readonly code?: string;
  readonly remember?: boolean;
  readonly host?: string;
  readonly peer?: string;
}

/** Signs in as a browser does: the anti-forgery token first. Gives the refusal or the cookie. */
export async function signInBy(
  form: SignInForm,
): Promise<{ error: string | null; cookie: string; setCookies: readonly string[] }> {
  const host = form.host ?? PLATFORM;
  const peer = form.peer ?? '192.0.2.10';
  const csrf = await handleAuth(requestOf({ host, peer, path: '/api/auth/csrf' }), ['csrf']);
  if (!csrf.ok) return { error: `http ${csrf.status}`, cookie: '', setCookies: [] };
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const body = new URLSearchParams({
    csrfToken,
    json: 'true',
    email: form.email,
    password: form.password ?? PASSWORD,
    remember: String(form.remember ?? false),
  });
  if (form.code !== undefined) body.set('code', form.code);
  const request = new Request(`https://${host}/api/auth/callback/credentials`, {
    method: 'POST',
    body,
    headers: {
      host,
      'x-tollbridge-host': host,
      'x-tollbridge-peer': peer,
      'x-tollbridge-proto': 'https',
      cookie: cookiesOf(csrf),
      origin: `https://${host}`,
      'sec-fetch-site': 'same-origin',
      'user-agent': 'tests',
    },
  });
  const answer = await handleAuth(request, ['callback', 'credentials']);
  if (answer.status === 429) return { error: 'RATE_LIMITED', cookie: '', setCookies: [] };
  const { url } = (await answer.json()) as { url: string };
  const error = new URL(url, `https://${host}`).searchParams.get('error');
  return { error, cookie: cookiesOf(answer), setCookies: answer.headers.getSetCookie() };
}

/** The cookies that an answer sets, as the browser sends them back. */
export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
}

let hashed: Promise<string> | undefined;

/** Fills the table of accounts: the id and path of a new one. */
export async function addAccount(
  world: World,
  account: { kind: 'operator' | 'reseller' | 'customer'; parent?: { id: string; path: string } },
): Promise<{ id: Uuid; path: string }> {
  const id = newId();
  const path = `${account.parent?.path ?? '/'}${id}/`;
  await world.runtime.database.prisma.account.create({
    data: {
      id,
      path,
      kind: account.kind,
      parentId: account.parent?.id ?? null,
      name: `${account.kind} ${id.slice(-4)}`,
      currency: 'USD',
    },
  });
  return { id, path };
}

/** A person who belongs to accounts, with PASSWORD. */
export async function addUser(
  world: World,
  email: string,
  accountIds: readonly string[],
): Promise<Uuid> {
  hashed ??= hashPassword(PASSWORD);
  const id = newId();
  await world.runtime.database.prisma.user.create({
    data: {
      id,
      email,
      name: email,
      passwordHash: await hashed,
      memberships: { create: accountIds.map((accountId) => ({ accountId, role: 'owner' })) },
    },
  });
  return id;
}

/** An API key of an account. */
export async function addKey(
  world: World,
  accountId: string,
  key: { secret: string; cidrs: string[]; scopes?: string[]; role?: 'admin' | 'read_only' },
): Promise<Uuid> {
  const id = newId();
  await world.runtime.database.prisma.apiKey.create({
    data: {
      id,
      accountId,
      name: 'test',
      hint: key.secret.slice(0, 9),
      secretHash: hashToken(key.secret),
      role: key.role ?? 'admin',
      scopes: key.scopes ?? ['*'],
      cidrs: key.cidrs,
    },
  });
  return id;
}

/** A host on which an account's portal answers. */
export async function addDomain(
  world: World,
  accountId: string,
  domain: { host: string; verified: boolean },
): Promise<void> {
  await world.runtime.database.prisma.portalDomain.create({
    data: {
      id: newId(),
      accountId,
      host: domain.host,
      verifiedAt: domain.verified ? new Date() : null,
    },
  });
}

/** The code of a problem document. */
export async function codeOf(response: Response): Promise<string> {
  const body = (await response.json()) as { code: string };
  return body.code;
}
