import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PUT as putPassword } from '@/app/api/v1/me/password/route';
import { GET as getMe } from '@/app/api/v1/me/route';
import { DELETE as endSessionById } from '@/app/api/v1/session/[id]/route';
import { DELETE as endOthers } from '@/app/api/v1/session/others/route';
import {
  GET as getSessions,
  DELETE as signOut,
  PATCH as switchTo,
} from '@/app/api/v1/session/route';
import type { Me, SessionView } from '@/lib/services/identity/schemas';
import { newTotpSecret, totpCode } from '@/lib/services/identity/totp';
import { handleAuth } from '@/lib/web/auth';
import {
  addAccount,
  addDomain,
  addUser,
  call,
  codeOf,
  openWorld,
  PASSWORD,
  PLATFORM,
  requestOf,
  signInBy,
  type World,
} from '@/tests/integration/web/world';

let world: World;
let operator: { id: string; path: string };
let north: { id: string; path: string };
let acme: { id: string; path: string };
let south: { id: string; path: string };

beforeAll(async () => {
  world = await openWorld();
  operator = await addAccount(world, { kind: 'operator' });
  north = await addAccount(world, { kind: 'reseller', parent: operator });
  south = await addAccount(world, { kind: 'reseller', parent: operator });
  acme = await addAccount(world, { kind: 'customer', parent: north });
  await addUser(world, 'owner@operator.test', [operator.id]);
  await addUser(world, 'owner@acme.test', [acme.id]);
  await addUser(world, 'both@north.test', [north.id, acme.id]);
  await addUser(world, 'owner@south.test', [south.id]);
  await addDomain(world, north.id, { host: 'voice.north.test', verified: true });
  await addDomain(world, south.id, { host: 'voice.south.test', verified: true });
  await addDomain(world, south.id, { host: 'soon.south.test', verified: false });
});

afterAll(() => world.close());

async function meOf(cookie: string, host = PLATFORM): Promise<Me> {
  const response = await call(getMe, { cookie, host });
  expect(response.status).toBe(200);
  return (await response.json()) as Me;
}

async function statusWith(cookie: string, host = PLATFORM): Promise<number> {
  return (await call(getMe, { cookie, host })).status;
}

describe('signing in', () => {
  test('opens a session that the API takes, in the account of the person', async () => {
    const { error, cookie } = await signInBy({ email: 'Owner@Acme.test ' });
    expect(error).toBeNull();
    const me = await meOf(cookie);
    expect(me.account.id).toBe(acme.id);
    expect(me.user?.email).toBe('owner@acme.test');
    expect(me.permissions).toContain('extensions.reveal');
    expect(me.permissions).not.toContain('carriers.read');
  });

  test('a wrong password and an unknown person are refused in the same words', async () => {
    const wrong = await signInBy({ email: 'owner@acme.test', password: 'not the password' });
    const unknown = await signInBy({ email: 'nobody@acme.test', password: 'not the password' });
    expect(wrong.error).toBe('UNAUTHENTICATED');
    expect(unknown.error).toBe('UNAUTHENTICATED');
    expect(wrong.setCookies.join()).not.toContain('tollbridge.session');
  });

  test('the session cookie is for this host, http only, and ends with the browser unless asked to stay', async () => {
    const short = await signInBy({ email: 'owner@acme.test' });
    const long = await signInBy({ email: 'owner@acme.test', remember: true });
    const cookieOf = (all: readonly string[]) =>
      all.find((one) => one.startsWith('__Host-tollbridge.session=')) ?? '';
    for (const cookie of [cookieOf(short.setCookies), cookieOf(long.setCookies)]) {
      expect(cookie).toMatch(/HttpOnly/i);
      expect(cookie).toMatch(/Secure/i);
      expect(cookie).toMatch(/SameSite=Lax/i);
      expect(cookie).toMatch(/Path=\//i);
      expect(cookie).not.toMatch(/Domain=/i);
    }
    expect(cookieOf(short.setCookies)).not.toMatch(/Expires/i);
    expect(cookieOf(long.setCookies)).toMatch(/Expires/i);
  });

  test('a session that was not asked to stay ends after twelve hours', async () => {
    const { cookie } = await signInBy({ email: 'owner@acme.test' });
    world.clock.advance(12 * 3_600_000 - 1_000);
    expect(await statusWith(cookie)).toBe(200);
    world.clock.advance(2_000);
    expect(await statusWith(cookie)).toBe(401);
  });

  test('after five failures from an address even the right password waits, and waiting helps', async () => {
    const email = 'owner@south.test';
    for (let count = 0; count < 5; count += 1) {
      expect((await signInBy({ email, password: 'guess' })).error).toBe('UNAUTHENTICATED');
    }
    expect((await signInBy({ email })).error).toBe('RATE_LIMITED');
    expect((await signInBy({ email, peer: '192.0.2.99' })).error).toBeNull();
    world.clock.advance(15 * 60_000 + 1_000);
    expect((await signInBy({ email })).error).toBeNull();
  });

  test('guesses made at the same time are counted together', async () => {
    const email = 'both@north.test';
    const results = await Promise.all(
      Array.from({ length: 12 }, () => signInBy({ email, password: 'guess', peer: '192.0.2.77' })),
    );
    const looked = results.filter(({ error }) => error === 'UNAUTHENTICATED').length;
    expect(looked).toBeLessThanOrEqual(5);
    expect(results.filter(({ error }) => error === 'RATE_LIMITED')).toHaveLength(12 - looked);
  });

  test('a person who was disabled, or whose account was terminated, is refused and thrown out', async () => {
    const { prisma } = world.runtime.database;
    const gone = await addAccount(world, { kind: 'customer', parent: north });
    const userId = await addUser(world, 'leaver@north.test', [gone.id]);
    const first = await signInBy({ email: 'leaver@north.test' });
    expect(await statusWith(first.cookie)).toBe(200);
    await prisma.account.update({ where: { id: gone.id }, data: { status: 'terminated' } });
    expect(await statusWith(first.cookie)).toBe(401);
    expect((await signInBy({ email: 'leaver@north.test' })).error).toBe('UNAUTHENTICATED');
    await prisma.account.update({ where: { id: gone.id }, data: { status: 'active' } });
    await prisma.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    expect(await statusWith(first.cookie)).toBe(401);
    expect((await signInBy({ email: 'leaver@north.test' })).error).toBe('UNAUTHENTICATED');
  });

  test('a second factor is asked for, and each code works once', async () => {
    const { prisma } = world.runtime.database;
    const id = await addUser(world, 'careful@acme.test', [acme.id]);
    const secret = newTotpSecret();
    const totpSealed = world.runtime.sealer.seal(secret, `user:${id}:totp`);
    await prisma.user.update({ where: { id }, data: { totpSealed } });
    const email = 'careful@acme.test';
    const code = () => totpCode(secret, BigInt(Math.floor(world.clock.nowMs() / 30_000)));
    expect((await signInBy({ email })).error).toBe('TWO_FACTOR_REQUIRED');
    expect((await signInBy({ email, code: '000000' })).error).toBe('TWO_FACTOR_WRONG');
    const used = code();
    const [one, other] = await Promise.all([
      signInBy({ email, code: used }),
      signInBy({ email, code: used }),
    ]);
    expect([one.error, other.error].filter((error) => error === null)).toHaveLength(1);
    expect((await signInBy({ email, code: used })).error).toBe('TWO_FACTOR_WRONG');
    world.clock.advance(30_000);
    expect((await signInBy({ email, code: code() })).error).toBeNull();
  });

  test('asking for the code again and again does not reset the count of wrong codes', async () => {
    const id = await addUser(world, 'target@acme.test', [acme.id]);
    const totpSealed = world.runtime.sealer.seal(newTotpSecret(), `user:${id}:totp`);
    await world.runtime.database.prisma.user.update({ where: { id }, data: { totpSealed } });
    const email = 'target@acme.test';
    const seen: (string | null)[] = [];
    for (let count = 0; count < 7; count += 1) {
      seen.push((await signInBy({ email, code: '123456' })).error);
      await signInBy({ email });
    }
    expect(seen.slice(5)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
  });
});

describe('sessions', () => {
  test('one that was ended is refused from the next request on', async () => {
    const one = await signInBy({ email: 'owner@acme.test' });
    const other = await signInBy({ email: 'owner@acme.test' });
    const list = (await (await call(getSessions, { cookie: one.cookie })).json()) as {
      items: SessionView[];
    };
    const mine = list.items.find(({ current }) => current);
    const otherMe = (await (await call(getSessions, { cookie: other.cookie })).json()) as {
      items: SessionView[];
    };
    const theirs = otherMe.items.find(({ current }) => current);
    expect(mine?.id).not.toBe(theirs?.id);
    const ended = await call(endSessionById, {
      method: 'DELETE',
      cookie: one.cookie,
      params: { id: theirs?.id ?? '' },
    });
    expect(ended.status).toBe(204);
    expect(await statusWith(other.cookie)).toBe(401);
    expect(await statusWith(one.cookie)).toBe(200);
  });

  test('all but this one end together, and nobody else’s', async () => {
    const stranger = await signInBy({ email: 'owner@operator.test' });
    const kept = await signInBy({ email: 'owner@acme.test' });
    const gone = await signInBy({ email: 'owner@acme.test' });
    const response = await call(endOthers, { method: 'DELETE', cookie: kept.cookie });
    expect(response.status).toBe(200);
    expect(await statusWith(gone.cookie)).toBe(401);
    expect(await statusWith(kept.cookie)).toBe(200);
    expect(await statusWith(stranger.cookie)).toBe(200);
  });

  test('another person’s session can not be ended, nor told from one that does not exist', async () => {
    const mine = await signInBy({ email: 'owner@acme.test' });
    const theirs = await signInBy({ email: 'owner@operator.test' });
    const list = (await (await call(getSessions, { cookie: theirs.cookie })).json()) as {
      items: SessionView[];
    };
    const response = await call(endSessionById, {
      method: 'DELETE',
      cookie: mine.cookie,
      params: { id: list.items[0]?.id ?? '' },
    });
    expect(response.status).toBe(404);
    expect(await statusWith(theirs.cookie)).toBe(200);
  });

  test('signing out ends the session, by our route and by next-auth’s', async () => {
    const one = await signInBy({ email: 'owner@acme.test' });
    const out = await call(signOut, { method: 'DELETE', cookie: one.cookie });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie().join()).toMatch(/__Host-tollbridge\.session=; .*Max-Age=0/);
    expect(await statusWith(one.cookie)).toBe(401);

    const two = await signInBy({ email: 'owner@acme.test' });
    const csrf = await handleAuth(requestOf({ path: '/api/auth/csrf' }), ['csrf']);
    const { csrfToken } = (await csrf.json()) as { csrfToken: string };
    const csrfCookie = csrf.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    await handleAuth(
      requestOf({
        method: 'POST',
        path: '/api/auth/signout',
        cookie: [two.cookie, ...csrfCookie].join('; '),
        body: { csrfToken, json: 'true' },
      }),
      ['signout'],
    );
    expect(await statusWith(two.cookie)).toBe(401);
  });

  test('a changed password ends the other sessions and lets only the new one in', async () => {
    await addUser(world, 'changer@acme.test', [acme.id]);
    const email = 'changer@acme.test';
    const here = await signInBy({ email });
    const there = await signInBy({ email });
    const newPassword = 'a quite different one';
    const change = (currentPassword: string) =>
      call(putPassword, {
        method: 'PUT',
        cookie: here.cookie,
        body: { currentPassword, newPassword },
      });
    const refused = await change('not the current one');
    expect(refused.status).toBe(400);
    expect((await change(PASSWORD)).status).toBe(204);
    expect(await statusWith(there.cookie)).toBe(401);
    expect(await statusWith(here.cookie)).toBe(200);
    expect((await signInBy({ email })).error).toBe('UNAUTHENTICATED');
    expect((await signInBy({ email, password: newPassword })).error).toBeNull();
  });

  test('a person works in any account they belong to, and in no other', async () => {
    world.clock.advance(15 * 60_000);
    const { cookie } = await signInBy({ email: 'both@north.test' });
    const before = await meOf(cookie);
    expect(before.account.id).toBe(north.id);
    expect(before.memberships.map(({ accountId }) => accountId).toSorted()).toEqual(
      [north.id, acme.id].toSorted(),
    );
    const change = (accountId: string) =>
      call(switchTo, { method: 'PATCH', cookie, body: { accountId } });
    expect((await change(acme.id)).status).toBe(204);
    expect((await meOf(cookie)).account.id).toBe(acme.id);
    expect((await change(south.id)).status).toBe(404);
    expect((await meOf(cookie)).account.id).toBe(acme.id);
  });
});

describe('hosts', () => {
  test('a token made on one verified domain is refused on another and on the platform’s', async () => {
    const made = await signInBy({ email: 'owner@acme.test', host: 'voice.north.test' });
    expect(made.error).toBeNull();
    expect(await statusWith(made.cookie, 'voice.north.test')).toBe(200);
    expect(await statusWith(made.cookie, 'voice.south.test')).toBe(401);
    expect(await statusWith(made.cookie, PLATFORM)).toBe(401);
    const platform = await signInBy({ email: 'owner@acme.test' });
    expect(await statusWith(platform.cookie, 'voice.north.test')).toBe(401);
  });

  test('on a reseller’s domain only people of its subtree exist', async () => {
    const { error } = await signInBy({ email: 'owner@acme.test', host: 'voice.south.test' });
    expect(error).toBe('UNAUTHENTICATED');
    expect((await signInBy({ email: 'owner@operator.test', host: 'voice.south.test' })).error).toBe(
      'UNAUTHENTICATED',
    );
    world.clock.advance(15 * 60_000);
    expect(
      (await signInBy({ email: 'owner@south.test', host: 'voice.south.test' })).error,
    ).toBeNull();
  });

  test('nobody signs in on a host that is unknown or not verified yet', async () => {
    for (const host of ['evil.test', 'soon.south.test', '']) {
      const { error } = await signInBy({ email: 'owner@south.test', host });
      expect(error).toBe('http 403');
    }
  });

  test('a domain that lost its verification takes its sessions with it', async () => {
    const { prisma } = world.runtime.database;
    const host = 'brief.south.test';
    await addDomain(world, south.id, { host, verified: true });
    const { cookie } = await signInBy({ email: 'owner@south.test', host });
    expect(await statusWith(cookie, host)).toBe(200);
    await prisma.portalDomain.update({ where: { host }, data: { verifiedAt: null } });
    world.clock.advance(11_000);
    expect(await statusWith(cookie, host)).toBe(401);
  });

  test('next-auth sends nobody to another host', async () => {
    const response = await handleAuth(
      requestOf({
        path: '/api/auth/signin?callbackUrl=https://evil.test/',
        host: 'voice.north.test',
      }),
      ['signin'],
    );
    expect(decodeURIComponent(response.headers.get('location') ?? '')).not.toContain('evil.test');
  });

  test('a forged sign-in from another site is refused', async () => {
    const request = requestOf({
      method: 'POST',
      path: '/api/auth/callback/credentials',
      body: { email: 'owner@acme.test', password: PASSWORD },
      headers: { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
    });
    const response = await handleAuth(request, ['callback', 'credentials']);
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe('CSRF_FAILED');
  });
});
