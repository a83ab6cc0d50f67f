import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET } from '@/app/api/metrics/route';
import { ManualClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { hashToken } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import type { MetricFamily } from '@/lib/infra/metrics';
import { LiveFeed } from '@/lib/switch/control/feed';
import { ControlServer } from '@/lib/switch/control/server';
import { trustStamps } from '@/lib/web/request-facts';
import { replaceWebRuntime } from '@/lib/web/runtime';
import { call } from '@/tests/integration/web/world';
import { freePorts } from '@/tests/support/ports';
import { readPrometheus } from '@/tests/support/prometheus';
import { plantTree, type Tree } from '@/tests/support/tree';

const SECRET = 'x'.repeat(32);
const OPERATOR = 'tb_key_of_operator_0123456789';
const RESELLER = 'tb_key_of_reseller_0123456789';
const DEVELOPER = 'tb_key_of_developer_0123456789';

let tree: Tree;
let port: number;

beforeAll(async () => {
  tree = await plantTree();
  [port = 0] = await freePorts(1);
  const { database, seed } = tree;
  replaceWebRuntime({
    database,
    clock: new ManualClock(Date.now()),
    sealer: seed.sealer,
    log: silentLogger,
    settings: {
      publicUrl: 'https://portal.test',
      port: 3_000,
      httpsPort: null,
      trustedProxies: [],
      corsOrigins: [],
      canRecord: true,
      controlPort: port,
      controlSecret: SECRET,
      sessionSecret: SECRET,
    },
  });
  trustStamps(true);
  const key = (accountId: string, secret: string, scopes: string[]) =>
    database.prisma.apiKey.create({
      data: {
        id: newId(),
        accountId,
        secretHash: hashToken(secret),
        cidrs: ['192.0.2.0/24'],
        name: 'test',
        hint: 'tb_',
        role: 'read_only',
        scopes,
      },
    });
  await key(tree.operator.id, OPERATOR, ['switch.read']);
  await key(tree.operator.id, DEVELOPER, ['calls.read']);
  await key(tree.reseller.id, RESELLER, ['*']);
});
afterAll(async () => {
  replaceWebRuntime(undefined);
  await tree.close();
});

const scrape = (key?: string) => call(GET, { path: '/api/metrics', ...(key ? { key } : {}) });

test('nobody reads them without a key of the operator that may see the switch', async () => {
  expect((await scrape()).status).toBe(401);
  expect((await scrape(RESELLER)).status).toBe(403);
  expect((await scrape(DEVELOPER)).status).toBe(403);
});

test('a switch that does not answer is a figure, not a failure', async () => {
  const response = await scrape(OPERATOR);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  const figures = readPrometheus(await response.text());
  expect(figures.value('tollbridge_up', { process: 'switch' })).toBe(0);
  expect(figures.value('tollbridge_up', { process: 'web' })).toBe(1);
  expect(figures.value('tollbridge_worker_up')).toBe(0);
  expect(figures.value('tollbridge_holds_open')).toBe(0);
});

test('what the switch tells over its control channel stands beside the others', async () => {
  const families: MetricFamily[] = [
    {
      name: 'tollbridge_registrations',
      help: 'Contacts.',
      kind: 'gauge',
      samples: [{ suffix: '', labels: {}, value: 12 }],
    },
    {
      name: 'tollbridge_process_resident_memory_bytes',
      help: 'Memory of the process.',
      kind: 'gauge',
      samples: [{ suffix: '', labels: {}, value: 1 }],
    },
  ];
  const server = new ControlServer({
    port,
    secret: SECRET,
    handlers: { metrics: () => ({ families }) } as never,
    feed: new LiveFeed(),
    log: silentLogger,
    hello: () => ({ type: 'ping', atMs: 0 }),
  });
  await server.start();
  try {
    const figures = readPrometheus(await (await scrape(OPERATOR)).text());
    expect(figures.value('tollbridge_up', { process: 'switch' })).toBe(1);
    expect(figures.value('tollbridge_registrations', { process: 'switch' })).toBe(12);
    const memory = 'tollbridge_process_resident_memory_bytes';
    expect(figures.value(memory, { process: 'web' })).toBeGreaterThan(0);
    expect(figures.value(memory, { process: 'switch' })).toBeGreaterThan(0);
  } finally {
    await server.stop();
  }
});
