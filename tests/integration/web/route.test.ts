import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '@/lib/core/errors';
import { CSRF_HEADER } from '@/lib/services/identity/schemas';
import { reply, requireMatch } from '@/lib/web/reply';
import { publicRoute, route } from '@/lib/web/route';
import { replaceWebRuntime } from '@/lib/web/runtime';
import {
  addAccount,
  addDomain,
  addKey,
  addUser,
  call,
  codeOf,
  openWorld,
  PLATFORM,
  signInBy,
  type World,
} from './world';

const KEY = 'tb_a_key_for_tests_of_the_wrapper';
const OTHER_KEY = 'tb_another_key_for_these_tests';

let world: World;
let cookie: string;
let north: { id: string; path: string };

beforeAll(async () => {
  world = await openWorld();
  const operator = await addAccount(world, { kind: 'operator' });
  north = await addAccount(world, { kind: 'reseller', parent: operator });
  await addUser(world, 'owner@north.test', [north.id]);
  await addDomain(world, north.id, { host: 'voice.north.test', verified: true });
  await addKey(world, north.id, { secret: KEY, cidrs: ['192.0.2.0/24'] });
  await addKey(world, north.id, { secret: OTHER_KEY, cidrs: ['192.0.2.0/24'] });
  ({ cookie } = await signInBy({ email: 'owner@north.test' }));
});

afterAll(() => world.close());
afterEach(() => replaceWebRuntime(world.runtime));

let runs = 0;
const write = route({
  summary: 'Write',
  body: z.object({ name: z.string(), wait: z.boolean().optional() }),
  response: z.object({ name: z.string(), run: z.number() }),
  status: 201,
  idempotency: 'required',
})(async ({ input }) => {
  runs += 1;
  if (input.body.name === 'refuse') throw new AppError('CONFLICT', 'There is one already.');
  if (input.body.name === 'break') throw new Error('secret detail of the machine');
  return reply({ name: input.body.name, run: runs }, { headers: { location: '/somewhere' } });
});

function send(key: string | null, body: unknown, by: string = KEY) {
  const headers = key === null ? {} : { 'idempotency-key': key };
  return call(write, { method: 'POST', key: by, body, headers });
}

describe('requests forged by other sites', () => {
  const change = (headers: Record<string, string>, host = PLATFORM) =>
    call(write, { method: 'POST', cookie, host, body: { name: 'x' }, headers });

  test('a change from the portal’s own page goes through', async () => {
    expect((await change({})).status).toBe(201);
    expect((await change({ 'sec-fetch-site': '' })).status).toBe(201);
    expect((await change({ origin: '' })).status).toBe(201);
  });

  test('without our header, from another origin or another site it is refused', async () => {
    const forgeries: Record<string, string>[] = [
      { [CSRF_HEADER]: '' },
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: `http://${PLATFORM}` },
      { origin: `https://${PLATFORM}:8443` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: '', 'sec-fetch-site': '' },
    ];
    for (const headers of forgeries) {
      const response = await change(headers);
      expect(await codeOf(response), JSON.stringify(headers)).toBe('CSRF_FAILED');
    }
  });

  test('a page of a reseller’s domain can not act on the platform’s host', async () => {
    expect(await codeOf(await change({ origin: 'https://voice.north.test' }))).toBe('CSRF_FAILED');
  });

  test('on a host that is not ours a session counts for nothing', async () => {
    expect(await codeOf(await change({}, 'evil.test'))).toBe('UNAUTHENTICATED');
  });

  test('a key needs none of that: browsers never send it by themselves', async () => {
    expect((await send('no-csrf', { name: 'x' })).status).toBe(201);
  });
});

describe('idempotency', () => {
  test('a write happens once, and its answer is given again', async () => {
    const first = await send('once', { name: 'a' });
    const again = await send('once', { name: 'a' });
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(await first.json());
    expect(again.headers.get('location')).toBe('/somewhere');
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(Date.parse(again.headers.get('idempotency-expires') ?? '')).toBeGreaterThan(
      world.clock.nowMs() + 23 * 3_600_000,
    );
  });

  test('the order of members does not make another request', async () => {
    const first = await send('order', { name: 'a', wait: false });
    const again = await send('order', { wait: false, name: 'a' });
    expect(await again.json()).toEqual(await first.json());
  });

  test('a key used for another request is refused', async () => {
    await send('reused', { name: 'a' });
    const response = await send('reused', { name: 'b' });
    expect(response.status).toBe(422);
    expect(await codeOf(response)).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('a key is asked of machines where the route says so, and must be a sane one', async () => {
    expect(await codeOf(await send(null, { name: 'a' }))).toBe('INVALID_INPUT');
    expect(await codeOf(await send('with space', { name: 'a' }))).toBe('INVALID_INPUT');
    expect(await codeOf(await send('x'.repeat(256), { name: 'a' }))).toBe('INVALID_INPUT');
    expect((await send('"quoted-as-the-draft-says"', { name: 'a' })).status).toBe(201);
  });

  test('sent twice at the same time, one runs and the other is told so', async () => {
    const before = runs;
    const both = await Promise.all([send('race', { name: 'a' }), send('race', { name: 'a' })]);
    expect(runs - before).toBe(1);
    const statuses = both.map(({ status }) => status).toSorted();
    expect([
      [201, 201],
      [201, 409],
    ]).toContainEqual(statuses);
  });

  test('two callers’ keys never meet', async () => {
    const mine = await send('shared', { name: 'a' });
    const theirs = await send('shared', { name: 'b' }, OTHER_KEY);
    expect(theirs.status).toBe(201);
    expect(await theirs.json()).not.toEqual(await mine.json());
  });

  test('a refusal changed nothing, so its key is free again', async () => {
    const refused = await send('again', { name: 'refuse' });
    expect(refused.status).toBe(409);
    expect((await send('again', { name: 'a' })).status).toBe(201);
  });

  test('an unexpected failure is kept: nobody knows how far it went', async () => {
    const before = runs;
    expect((await send('broken', { name: 'break' })).status).toBe(500);
    const again = await send('broken', { name: 'break' });
    expect(again.status).toBe(500);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(runs - before).toBe(1);
  });

  test('after a day the key is free', async () => {
    await send('old', { name: 'a' });
    world.clock.advance(24 * 3_600_000 + 1);
    const response = await send('old', { name: 'b' });
    expect(response.status).toBe(201);
    ({ cookie } = await signInBy({ email: 'owner@north.test' }));
  });
});

describe('what a route tells', () => {
  const read = route({
    summary: 'Read',
    query: z.object({
      limit: z.coerce.number().int().max(9).default(3),
      tag: z.array(z.string()).optional(),
    }),
    response: z.object({ big: z.bigint(), limit: z.number() }),
  })(async ({ input }) =>
    reply(
      { big: 9_007_199_254_740_993n, limit: input.query.limit, secret: 'not promised' } as {
        big: bigint;
        limit: number;
      },
      { generation: 42n },
    ),
  );

  test('a bigint is a string, and nothing beyond the promised form leaves', async () => {
    const response = await call(read, { cookie });
    expect(await response.text()).toBe('{"big":"9007199254740993","limit":3}');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a generation is an ETag, and whoever has it is told 304', async () => {
    const response = await call(read, { cookie });
    expect(response.headers.get('etag')).toBe('"g42"');
    const fresh = await call(read, { cookie, headers: { 'if-none-match': 'W/"g41", "g42"' } });
    expect(fresh.status).toBe(304);
    expect(await fresh.text()).toBe('');
    const stale = await call(read, { cookie, headers: { 'if-none-match': '"g41"' } });
    expect(stale.status).toBe(200);
  });

  test('a write based on an older generation is refused', async () => {
    const patch = route({ summary: 'Patch', response: z.null(), status: 204 })(
      async ({ request }) => {
        requireMatch(request, 43n);
        return null;
      },
    );
    const sent = { method: 'PATCH', cookie };
    expect((await call(patch, sent)).status).toBe(204);
    expect((await call(patch, { ...sent, headers: { 'if-match': '"g43"' } })).status).toBe(204);
    const old = await call(patch, { ...sent, headers: { 'if-match': '"g42"' } });
    expect(old.status).toBe(412);
  });

  test('every wrong field is named', async () => {
    const response = await call(read, { cookie, path: '/api/v1/test?limit=12&tag=one' });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const { issues } = (await response.json()) as { issues: { path: string }[] };
    expect(issues.map(({ path }) => path)).toEqual(['limit', 'tag']);
  });

  test('a body must be JSON, and not too large', async () => {
    const headers = { 'idempotency-key': 'k', 'content-type': 'text/plain' };
    const text = await call(write, { method: 'POST', key: KEY, body: { name: 'a' }, headers });
    expect(await codeOf(text)).toBe('INVALID_INPUT');
    const large = await send('large', { name: 'x'.repeat(1_100_000) });
    expect(await codeOf(large)).toBe('INVALID_INPUT');
  });

  test('an unexpected failure tells its request id and nothing of itself', async () => {
    const response = await call(write, { method: 'POST', cookie, body: { name: 'break' } });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret detail');
    expect(text).toContain(response.headers.get('x-request-id'));
  });

  test('a result that is not in the promised form does not leave', async () => {
    const wrong = route({ summary: 'Wrong', response: z.object({ a: z.string() }) })(
      async () => ({ a: 1 }) as unknown as { a: string },
    );
    expect((await call(wrong, { cookie })).status).toBe(500);
  });

  test('an unreachable database is told as such', async () => {
    const broken = publicRoute({ summary: 'Broken', response: z.null() })(async () => {
      throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    });
    expect(await codeOf(await call(broken))).toBe('UNAVAILABLE');
  });

  test('callers are counted, told what is left, and refused beyond it', async () => {
    const open = publicRoute({ summary: 'Open', response: z.object({}) })(async () => ({}));
    const ask = () => call(open, { peer: '198.51.100.1' });
    const first = await ask();
    expect(first.headers.get('ratelimit-policy')).toBe('"stranger";q=120;w=60');
    expect(first.headers.get('ratelimit')).toBe('"stranger";r=119;t=1');
    let last = first;
    for (let count = 0; count < 120; count += 1) last = await ask();
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(open, { peer: '198.51.100.2' })).status).toBe(200);
    world.clock.advance(60_000);
    expect((await ask()).status).toBe(200);
  });

  test('a listed origin may read answers by key, without cookies; others may not', async () => {
    const corsOrigins = ['https://shop.example'];
    const settings = { ...world.runtime.settings, corsOrigins };
    replaceWebRuntime({ ...world.runtime, settings });
    const ask = (origin: string) => call(read, { key: KEY, headers: { origin } });
    const listed = await ask('https://shop.example');
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(listed.headers.get('access-control-allow-credentials')).toBeNull();
    const other = await ask('https://evil.test');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
