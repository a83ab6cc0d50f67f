import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  GET as getKey,
  PATCH as patchKey,
  DELETE as revoke,
} from '@/app/api/v1/api-keys/[id]/route';
import { POST as createKey, GET as listKeys } from '@/app/api/v1/api-keys/route';
import { GET as getMe } from '@/app/api/v1/me/route';
import type { CreatedApiKey, WireApiKey } from '@/lib/services/api-keys/schemas';
import { flushKeyUse } from '@/lib/web/key-usage';
import { trustStamps } from '@/lib/web/request-facts';
import { replaceWebRuntime } from '@/lib/web/runtime';
import {
  addAccount,
  addKey,
  addUser,
  call,
  codeOf,
  openWorld,
  signInBy,
  type World,
} from './world';

const LAB_KEY = 'tb_lab_key_for_loopback_only';

let world: World;
let operator: { id: string; path: string };
let north: { id: string; path: string };
let south: { id: string; path: string };

beforeAll(async () => {
  world = await openWorld();
  operator = await addAccount(world, { kind: 'operator' });
  north = await addAccount(world, { kind: 'reseller', parent: operator });
  south = await addAccount(world, { kind: 'reseller', parent: operator });
  await addUser(world, 'owner@north.test', [north.id]);
  await addKey(world, operator.id, { secret: LAB_KEY, cidrs: ['127.0.0.1/32', '::1/128'] });
});

afterAll(() => world.close());

afterEach(() => {
  replaceWebRuntime(world.runtime);
  trustStamps(true);
});

function from(peer: string, headers: Record<string, string> = {}) {
  return call(getMe, { key: LAB_KEY, peer, headers });
}

/** Puts proxies in front for the rest of a test. */
function behind(trustedProxies: readonly string[]): void {
  const settings = { ...world.runtime.settings, trustedProxies };
  replaceWebRuntime({ ...world.runtime, settings });
}

describe('a key opens nothing without its address', () => {
  test('from an allowed address it works, in every way to write that address', async () => {
    for (const peer of [
      '127.0.0.1',
      '::1',
      '0:0:0:0:0:0:0:1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
    ]) {
      expect((await from(peer)).status, peer).toBe(200);
    }
  });

  test('from elsewhere it is refused, and the refusal names the observed address', async () => {
    const response = await from('::ffff:203.0.113.5');
    expect(response.status).toBe(403);
    const problem = (await response.json()) as { code: string; detail: string; address: string };
    expect(problem.code).toBe('ADDRESS_NOT_ALLOWED');
    expect(problem.detail).toContain('203.0.113.5');
    expect(problem.address).toBe('203.0.113.5');
  });

  test('a forged X-Forwarded-For changes nothing where no proxy is trusted', async () => {
    for (const forged of ['127.0.0.1', '127.0.0.1, 127.0.0.1', '::1']) {
      const response = await from('203.0.113.5', {
        'x-forwarded-for': forged,
        'x-real-ip': '127.0.0.1',
        forwarded: 'for=127.0.0.1',
      });
      expect(await codeOf(response)).toBe('ADDRESS_NOT_ALLOWED');
    }
  });

  test('behind a trusted proxy the chain is walked from the right, past proxies only', async () => {
    behind(['10.0.0.0/8']);
    const through = (chain: string) => from('10.0.0.1', { 'x-forwarded-for': chain });
    expect((await through('127.0.0.1')).status).toBe(200);
    expect((await through('198.51.100.7, 127.0.0.1, 10.0.0.9')).status).toBe(200);
    expect((await through('::ffff:7f00:1')).status).toBe(200);
    expect((await through('127.0.0.1:51234')).status).toBe(200);
    // What the client itself wrote stands further left and is never reached.
    expect((await through('127.0.0.1, 198.51.100.7')).status).toBe(403);
    expect((await through('127.0.0.1, nonsense')).status).toBe(403);
    expect((await through('')).status).toBe(403);
    const direct = await from('203.0.113.5', { 'x-forwarded-for': '127.0.0.1' });
    expect(direct.status).toBe(403);
  });

  test('where the peer was not stamped by us, no address is believed', async () => {
    trustStamps(false);
    expect((await from('127.0.0.1')).status).toBe(403);
  });

  test('an address does not open anything without the key', async () => {
    const guess = await call(getMe, { key: 'tb_some_other_key_of_that_length', peer: '127.0.0.1' });
    expect(await codeOf(guess)).toBe('UNAUTHENTICATED');
    expect(await codeOf(await call(getMe, { peer: '127.0.0.1' }))).toBe('UNAUTHENTICATED');
    const basic = await call(getMe, { headers: { authorization: `Basic ${btoa(LAB_KEY)}` } });
    expect(basic.status).toBe(401);
  });

  test('a key beside a session is the key alone', async () => {
    const { cookie } = await signInBy({ email: 'owner@north.test' });
    const response = await call(getMe, { cookie, key: 'tb_some_other_key_of_that_length' });
    expect(response.status).toBe(401);
  });
});

describe('keys are made, changed and ended', () => {
  async function made(cookie: string, body: Record<string, unknown> = {}) {
    const response = await call(createKey, {
      method: 'POST',
      cookie,
      body: { name: 'WHMCS', cidrs: ['198.51.100.7/24', '2001:DB8:0::1'], ...body },
    });
    return { response, key: (await response.json()) as CreatedApiKey };
  }

  test('the secret is told once, only its hash is kept, addresses are canonical', async () => {
    const { cookie } = await signInBy({ email: 'owner@north.test' });
    const { response, key } = await made(cookie);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/api/v1/api-keys/${key.id}`);
    expect(key.secret).toMatch(/^tb_[\w-]{43}$/);
    expect(key.cidrs).toEqual(['198.51.100.0/24', '2001:db8::1/128']);
    const again = await call(getKey, { cookie, params: { id: key.id } });
    expect(await again.text()).not.toContain(key.secret);
    const row = await world.runtime.database.prisma.apiKey.findUniqueOrThrow({
      where: { id: key.id },
    });
    expect(JSON.stringify(row)).not.toContain(key.secret);
    expect((await call(getMe, { key: key.secret, peer: '198.51.100.200' })).status).toBe(200);
    expect((await call(getMe, { key: key.secret, peer: '198.51.101.200' })).status).toBe(403);
  });

  test('a range of everything, no range, and malformed ranges are refused', async () => {
    const { cookie } = await signInBy({ email: 'owner@north.test' });
    for (const cidrs of [
      ['0.0.0.0/0'],
      ['::/0'],
      ['::ffff:0:0/96'],
      [],
      ['010.0.0.1'],
      ['10.1'],
      ['x'],
    ]) {
      const { response } = await made(cookie, { cidrs });
      expect(response.status, JSON.stringify(cidrs)).toBe(400);
    }
  });

  test('changed addresses and a revocation count from the next request on', async () => {
    const { cookie } = await signInBy({ email: 'owner@north.test' });
    const { key } = await made(cookie);
    const use = (peer: string) => call(getMe, { key: key.secret, peer });
    const changed = await call(patchKey, {
      method: 'PATCH',
      cookie,
      params: { id: key.id },
      body: { cidrs: ['203.0.113.9'] },
    });
    expect(changed.status).toBe(200);
    expect((await use('198.51.100.7')).status).toBe(403);
    expect((await use('203.0.113.9')).status).toBe(200);
    const id = { id: key.id };
    expect((await call(revoke, { method: 'DELETE', cookie, params: id })).status).toBe(204);
    expect((await use('203.0.113.9')).status).toBe(401);
    expect((await call(revoke, { method: 'DELETE', cookie, params: id })).status).toBe(204);
  });

  test('a key past its time is refused', async () => {
    const { cookie } = await signInBy({ email: 'owner@north.test' });
    const expiresAt = new Date(world.clock.nowMs() + 60_000).toISOString();
    const { key } = await made(cookie, { expiresAt });
    expect((await call(getMe, { key: key.secret, peer: '198.51.100.7' })).status).toBe(200);
    world.clock.advance(60_001);
    expect((await call(getMe, { key: key.secret, peer: '198.51.100.7' })).status).toBe(401);
  });

  test('another account’s keys do not exist', async () => {
    const { cookie } = await signInBy({ email: 'owner@north.test' });
    const foreign = await addKey(world, south.id, {
      secret: 'tb_key_of_south_which_is_long',
      cidrs: ['192.0.2.0/24'],
    });
    const sent = { cookie, params: { id: foreign } };
    expect((await call(getKey, sent)).status).toBe(404);
    expect((await call(patchKey, { ...sent, method: 'PATCH', body: { name: 'x' } })).status).toBe(
      404,
    );
    expect((await call(revoke, { ...sent, method: 'DELETE' })).status).toBe(404);
    const list = (await (await call(listKeys, { cookie })).json()) as { items: WireApiKey[] };
    expect(list.items.map(({ id }) => id)).not.toContain(foreign);
    expect(list.items.length).toBeGreaterThan(0);
  });

  test('a key never makes one that may do more than itself', async () => {
    const secret = 'tb_a_key_that_only_makes_keys';
    await addKey(world, north.id, { secret, cidrs: ['192.0.2.0/24'], scopes: ['apiKeys.*'] });
    const make = (scopes: string[]) =>
      call(createKey, {
        method: 'POST',
        key: secret,
        body: { name: 'child', cidrs: ['192.0.2.1'], scopes },
      });
    expect(await codeOf(await make(['*']))).toBe('FORBIDDEN');
    expect(await codeOf(await make(['wallets.adjust']))).toBe('FORBIDDEN');
    expect((await make(['apiKeys.read'])).status).toBe(201);
  });

  test('a key without the scope is refused, and told which permission it lacks', async () => {
    const secret = 'tb_a_key_that_reads_calls_only';
    await addKey(world, north.id, { secret, cidrs: ['192.0.2.0/24'], scopes: ['calls.read'] });
    const response = await call(listKeys, { key: secret });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'FORBIDDEN', permission: 'apiKeys.read' });
  });

  test('the list is paged by an opaque cursor and forged cursors are refused', async () => {
    const { cookie } = await signInBy({ email: 'owner@north.test' });
    const page = async (query: string) =>
      (await (await call(listKeys, { cookie, path: `/api/v1/api-keys?${query}` })).json()) as {
        items: WireApiKey[];
        nextCursor: string | null;
      };
    const all = await page('limit=200&revoked=true');
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const part: Awaited<ReturnType<typeof page>> = await page(
        `limit=2&revoked=true${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...part.items.map(({ id }) => id));
      cursor = part.nextCursor;
    }
    expect(seen).toEqual(all.items.map(({ id }) => id));
    const forged = await call(listKeys, { cookie, path: '/api/v1/api-keys?cursor=nonsense' });
    expect(forged.status).toBe(400);
  });

  test('when it was last used is written behind', async () => {
    await from('127.0.0.1');
    await flushKeyUse(world.runtime);
    const row = await world.runtime.database.prisma.apiKey.findFirstOrThrow({
      where: { accountId: operator.id },
    });
    expect(row.lastUsedAt?.getTime()).toBe(world.clock.nowMs());
  });

  test('making and ending a key are in the audit, without names and addresses', async () => {
    const entries = await world.runtime.database.prisma.auditEntry.findMany({
      where: { accountId: north.id, objectKind: 'api_key' },
    });
    expect(new Set(entries.map(({ verb }) => verb))).toEqual(
      new Set(['apiKeys.create', 'apiKeys.update', 'apiKeys.revoke']),
    );
    expect(JSON.stringify(entries.map(({ detail }) => detail))).not.toMatch(/WHMCS|198\.51/);
  });
});
