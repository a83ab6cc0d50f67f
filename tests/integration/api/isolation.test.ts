import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { hashToken } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import { allowAddress } from '@/lib/services/bans/allow-address';
import { createBan } from '@/lib/services/bans/create-ban';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { createChargingGroups } from '@/lib/services/charging/groups';
import { createContact } from '@/lib/services/contacts/create-contact';
import { createDestinationPrefix } from '@/lib/services/destinations/create-destination-prefix';
import { createEmergencyAddress } from '@/lib/services/emergency/create-emergency-address';
import { recordFraud } from '@/lib/services/fraud/record-fraud';
import { createNumberPrice } from '@/lib/services/number-prices/create-number-price';
import { createNumber } from '@/lib/services/numbers/create-number';
import { createPlan } from '@/lib/services/plans/create-plan';
import { createPortIn } from '@/lib/services/port-ins/create-port-in';
import { noteRecordings } from '@/lib/services/recordings/note-recordings';
import { writeBindings } from '@/lib/services/registrations/write-bindings';
import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { orderPlan } from '@/lib/services/subscriptions/order-plan';
import type { CallTrace } from '@/lib/services/traces/types';
import { writeTraces } from '@/lib/services/traces/write-traces';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { createVerifiedNumber } from '@/lib/services/verified-numbers/create-verified-number';
import { createWebhook } from '@/lib/services/webhooks/create-webhook';
import { trustStamps } from '@/lib/web/request-facts';
import type { NextRoute, RouteDefinition } from '@/lib/web/route-types';
import { replaceWebRuntime } from '@/lib/web/runtime';
import { call } from '@/tests/integration/web/world';
import { plantTree, type Tree } from '@/tests/support/tree';

const ROOT = path.resolve('app/api/v1');
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

interface Endpoint {
  readonly method: Method;
  /** "accounts/[id]". */
  readonly route: string;
  readonly handler: NextRoute<RouteDefinition>;
}

/** Not about anybody's objects: the caller's own sign-in, and what everybody may read. */
const OWN = /^(me|session|setup|openapi\.json|provision|switch)(\/|$)/;
/** A body that is right, where an empty one is not: else a refusal would prove nothing. */
const BODIES: Readonly<Record<string, (ids: Ids) => unknown>> = {
  'POST wallets/[id]/postings': () => ({
    kind: 'top_up',
    amount: '5.00',
    reason: 'a gift',
    idempotencyKey: 'a posting to somebody else',
  }),
  'PATCH accounts/[id]/limits': () => ({ maxConcurrentOut: 1 }),
  'PATCH extensions/[id]/limits': () => ({ maxConcurrentOut: 1 }),
  'PATCH numbers/[id]/limits': () => ({ maxConcurrentOut: 1 }),
  'PATCH tenants/[id]/limits': () => ({ maxConcurrentOut: 1 }),
  'PATCH trunks/[id]/limits': () => ({ maxConcurrentOut: 1 }),
  'PUT accounts/[id]/fraud-profile': () => ({ mode: 'off' }),
  'PUT numbers/[id]/assignment': () => ({ tenantId: null }),
  'POST numbers/[id]/release': () => ({ confirm: '+12025550177' }),
  'PUT numbers/[id]/emergency-address': () => ({ emergencyAddressId: null }),
  'PUT tenants/[id]/emergency-address': () => ({ emergencyAddressId: null }),
  'PATCH emergency-addresses/[id]': () => ({ confirmed: true }),
  'POST port-ins/[id]/moves': () => ({ to: 'cancelled' }),
  'POST port-ins/[id]/notes': () => ({ text: 'x' }),
  'POST numbers/orders': (ids) => ({
    numberId: ids['numbers'],
    orderKey: 'a key of somebody else',
    accountId: ids['accounts'],
  }),
  'POST numbers/hand-over': (ids) => ({
    numberIds: [ids['numbers']],
    accountId: ids['accounts'],
  }),
  'POST emergency-addresses': (ids) => ({
    ...{ tenantId: ids['tenants'], name: 'x', country: 'US', street: 'x', houseNumber: '1' },
    ...{ city: 'x', region: 'DC', postalCode: '20500', confirmed: true },
  }),
  'POST number-prices': (ids) => ({
    ...{ buyerId: ids['accounts'], currency: 'USD', perPeriod: '1' },
  }),
  'POST port-ins': (ids) => ({ accountId: ids['accounts'], ...PORT_IN }),
  'PUT tenants/[id]/capture': () => ({ enabled: true }),
  'PATCH tenants/[id]/sounds': () => ({ holdMusic: false }),
  'PATCH sounds/[id]': () => ({ name: 'stolen' }),
  'PATCH tenants/[id]/recording': () => ({ consent: 'one_party' }),
  'POST live-calls/[id]/recording': () => ({ action: 'start' }),
  'POST decks/[id]/versions': () => ({ rates: [] }),
  'POST decks/[id]/activate': () => ({ version: 1 }),
  'POST decks/[id]/discard': () => ({ version: 1 }),
  'POST decks/[id]/impact': () => ({ version: 1 }),
  'POST decks/[id]/unschedule': () => ({ version: 1 }),
  'POST plans/[id]/publish': () => ({ pricePerPeriod: '1' }),
  'POST browser-phone/credentials': (ids) => ({ extensionId: ids['extensions'] }),
  'POST extensions': (ids) => ({ tenantId: ids['tenants'], name: 'x' }),
  'POST tenants': (ids) => ({ accountId: ids['accounts'], domain: 'stolen.test' }),
  'POST accounts': (ids) => ({ kind: 'customer', name: 'x', parentId: ids['accounts'] }),
  'POST subscriptions': (ids) => ({
    planId: ids['plans'],
    accountId: ids['accounts'],
    orderKey: 'a key of somebody else',
  }),
  'POST bans': () => ({ address: '192.0.2.98', reason: 'x' }),
  'POST allowed-addresses': () => ({ address: '192.0.2.98', reason: 'x' }),
  'POST calls': (ids) => ({ extensionId: ids['extensions'], dialled: '101' }),
  'POST fraud-blocks': (ids) => ({
    ...{ subject: 'extension', subjectId: ids['extensions'], reason: 'spite' },
  }),
  'POST destination-prefixes': () => ({ prefix: '4420', class: 'fixed' }),
  'POST verified-numbers': (ids) => ({
    ...{ tenantId: ids['tenants'], e164: '+12125550199', reason: 'none at all' },
  }),
  'POST trunks': (ids) => ({ carrierId: ids['carriers'], name: 'x', address: '192.0.2.99' }),
};

/** A form that is right. */
const PORT_IN = {
  ...{ numbers: ['+12025550166'], losingCarrier: 'x', accountHolder: 'secret holder' },
  ...{ street: 'x', city: 'x', postalCode: '20500', country: 'US', wishedOn: '2030-01-01' },
};

/** Ids of what belongs to Cedar, its seller or the operator, by the noun in the path. */
type Ids = Readonly<Record<string, string>>;

let tree: Tree;
let ids: Ids;
const OPERATOR_KEY = 'tb_key_of_operator_0123456789';
const KEYS = { customer: 'tb_key_of_acme_0123456789', reseller: 'tb_key_of_reseller_0123456789' };

const endpoints: Endpoint[] = [];
for (const file of readdirSync(ROOT, { recursive: true, encoding: 'utf8' })) {
  if (path.basename(file) !== 'route.ts') continue;
  const route = path.dirname(file);
  if (OWN.test(route)) continue;
  const module: Record<string, unknown> = await import(path.join(ROOT, file));
  for (const method of METHODS) {
    const handler = module[method];
    // Made by the wrapper alone: that is what this suite is about.
    if (handler !== undefined) {
      endpoints.push({ method, route, handler: handler as NextRoute<RouteDefinition> });
    }
  }
}

beforeAll(async () => {
  tree = await plantTree();
  const { database, seed, acme, reseller, rival, cedar, operator } = tree;
  replaceWebRuntime({
    database,
    clock: seed.clock,
    sealer: seed.sealer,
    log: silentLogger,
    settings: {
      publicUrl: 'https://portal.test',
      port: 3_000,
      httpsPort: null,
      trustedProxies: [],
      corsOrigins: [],
      canRecord: true,
      controlPort: 1,
      controlSecret: 'x'.repeat(32),
      sessionSecret: 'x'.repeat(32),
    },
  });
  trustStamps(true);
  const key = async (accountId: string, secret: string): Promise<string> => {
    const id = newId();
    const secretHash = hashToken(secret);
    const rest = { name: 'test', hint: 'tb_', role: 'owner', scopes: ['*'] } as const;
    await database.prisma.apiKey.create({
      data: { id, accountId, secretHash, cidrs: ['192.0.2.0/24'], ...rest, scopes: ['*'] },
    });
    return id;
  };
  await key(operator.id, OPERATOR_KEY);
  await key(acme.id, KEYS.customer);
  await key(reseller.id, KEYS.reseller);
  const carrier = await createCarrier(operator.as(), { name: 'secret carrier' });
  const trunk = await createTrunk(operator.as(), {
    carrierId: carrier.id,
    name: 'secret trunk',
    address: '198.51.100.77',
  });
  const group = await createRouteGroup(operator.as(), { name: 'secret group' });
  const ban = await createBan(operator.as(), { address: '198.51.100.78', reason: 'secret ban' });
  const allowed = await allowAddress(operator.as(), { address: '198.51.100.79', reason: 'secret' });
  const plan = await createPlan(rival.as(), {
    name: 'rival plan',
    pricePerPeriod: '1',
    publish: true,
  });
  const order = await orderPlan(cedar.as(), { planId: plan.id, orderKey: 'order of cedar' });
  const number = await createNumber(operator.as(), { e164: '+12025550177', accountId: cedar.id });
  const address = await createEmergencyAddress(cedar.as(), {
    ...{ tenantId: cedar.tenantId, name: 'secret place', country: 'US', street: 'x' },
    ...{ houseNumber: '1', city: 'x', region: 'DC', postalCode: '20500', confirmed: true },
  });
  const price = await createNumberPrice(rival.as(), { currency: 'USD', perPeriod: '3' });
  const portIn = await createPortIn(cedar.as(), PORT_IN);
  await database.prisma.portIn.update({
    where: { id: portIn.id },
    data: { state: 'submitted', letterName: 'x', letterType: 'application/pdf', letterBytes: 1 },
  });
  const hook = await createWebhook(cedar.as(), {
    url: 'https://cedar.test/x',
    topics: ['call.ended'],
  });
  const contact = await createContact(cedar.as(), {
    name: 'secret contact',
    numbers: [{ number: '+12025550188' }],
  });
  const sound = await database.prisma.sound.create({
    data: {
      ...{ id: newId(), accountId: cedar.id, kind: 'music', name: 'secret music' },
      ...{ durationMs: 1_000, bytes: 32_044 },
    },
  });
  const deck = await database.prisma.rateDeck.findFirstOrThrow({ where: { name: 'to Rival' } });
  const prefix = await createDestinationPrefix(operator.as(), { prefix: '4477', class: 'fixed' });
  const verified = await createVerifiedNumber(rival.as(), {
    ...{ tenantId: cedar.tenantId, e164: '+12125550166', reason: 'secret contract' },
  });
  const imported = await database.prisma.deckImport.create({
    data: {
      ...{ id: newId(), deckId: deck.id, fileName: 'secret rates.csv', bytes: 1 },
      ...{ sha256: '0'.repeat(64), actorKind: 'user', state: 'mapping' },
    },
  });
  const wallet = await database.prisma.wallet.findFirstOrThrow({ where: { accountId: cedar.id } });
  ids = {
    accounts: cedar.id,
    'allowed-addresses': allowed.id,
    bans: ban.id,
    'api-keys': await key(cedar.id, 'tb_key_of_cedar_0123456789'),
    calls: await settledCall(),
    carriers: carrier.id,
    contacts: contact.id,
    decks: deck.id,
    'destination-prefixes': prefix.id,
    'emergency-addresses': address.id,
    'deck-imports': imported.id,
    extensions: cedar.extension101,
    'fraud-blocks': await fraudBlock(),
    'live-calls': newId(),
    'number-prices': price.id,
    numbers: number.id,
    plans: plan.id,
    'port-ins': portIn.id,
    recordings: await recording(),
    registrations: await registration(),
    'route-groups': group.id,
    sounds: sound.id,
    subscriptions: order.id,
    tenants: cedar.tenantId,
    trunks: trunk.id,
    'verified-numbers': verified.id,
    wallets: wallet.id,
    webhooks: hook.id,
  };
});

afterAll(async () => {
  replaceWebRuntime(undefined);
  await tree.close();
});

/** A phone of Cedar's 101; Acme and the others have a 101 too. */
async function registration(): Promise<string> {
  const nowMs = Date.now();
  const { database, cedar } = tree;
  const extensionId = cedar.extension101;
  const phone = {
    extensionId,
    contactUri: 'sip:101@192.0.2.88',
    instanceId: '',
    regId: 0,
    nodeId: 'n',
    callId: 'c',
    cseq: 1,
    flow: {},
    path: [],
    userAgent: 'secret phone',
    address: '192.0.2.88',
    port: 5060,
    transport: 'udp',
    registeredAtMs: nowMs,
    refreshedAtMs: nowMs,
    expiresAtMs: nowMs + 600_000,
  };
  await writeBindings(database, { upserts: [phone], deletes: [] });
  const row = await database.prisma.binding.findFirstOrThrow({ where: { extensionId } });
  return row.id;
}

/** Cedar's 101 is blocked by the switch, which found something by the operator's profile. */
async function fraudBlock(): Promise<string> {
  const { database, seed, cedar, operator } = tree;
  const id = newId();
  const found = {
    ...{ profileAccountId: operator.id, callId: newId(), rule: 'velocity_calls' as const },
    ...{ prefix: '3719088', atMs: Date.now() },
  };
  await recordFraud(database, seed.clock, {
    events: [
      {
        ...{ ...found, id: newId(), isShadow: false, class: 'premium', country: 'LV' },
        ...{ callerAccountId: cedar.id, tenantId: cedar.tenantId, extensionId: cedar.extension101 },
      },
    ],
    blocks: [
      {
        ...{ ...found, id, accountId: cedar.id },
        ...{ subject: 'extension', subjectId: cedar.extension101 },
      },
    ],
  });
  return id;
}

/** A recording of Cedar's: nobody who sells to it hears it either. */
async function recording(): Promise<string> {
  const { database, cedar } = tree;
  const id = newId();
  await noteRecordings(database, [
    {
      header: {
        id,
        callId: newId(),
        accountId: cedar.id,
        tenantId: cedar.tenantId,
        nodeId: 'n',
        fromExtensionId: cedar.extension101,
        toExtensionId: cedar.extension102,
        consent: 'one_party',
        automatic: true,
        format: 'wav',
        startedAtMs: Date.now(),
        sealedKey: null,
      },
      state: 'failed',
      endedAtMs: Date.now(),
      incomplete: true,
    },
  ]);
  return id;
}

/** A call within Cedar, of which nobody else knows. */
async function settledCall(): Promise<string> {
  const { database, seed, cedar } = tree;
  const lease = { nodeId: 'n', epoch: 0n };
  const groups = createChargingGroups({ database, clock: seed.clock, lease, onError() {} });
  const startedAtMs = Date.now() - 60_000;
  const callId = newId(startedAtMs);
  await groups.settle({
    callId,
    facts: {
      callClass: 'internal',
      accountId: cedar.id,
      tenantId: cedar.tenantId,
      payerAccountId: null,
      fromExtensionId: cedar.extension101,
      toExtensionId: cedar.extension102,
      peerAccountId: null,
      peerTenantId: null,
      fromNumber: '101',
      dialled: '102',
      toNumber: '102',
      destination: null,
      startedAtMs,
      hops: [],
    },
    ringingAtMs: null,
    answeredAtMs: startedAtMs,
    endedAtMs: startedAtMs + 1_000,
    durationMs: 1_000,
    ratedSeconds: 1,
    hungUpBy: 'caller',
    sipStatus: 200,
    q850Cause: 16,
    refusal: null,
    trunkId: null,
    buy: null,
    attempts: 1,
    codec: null,
    media: null,
    legs: [],
  });
  await groups.close();
  await writeTraces(database, [traceOf(callId, cedar.id)]);
  return callId;
}

/** A message of Cedar's call that names a carrier's address. */
function traceOf(callId: string, accountId: string): CallTrace {
  const message: CallTrace['messages'][number] = {
    atMs: Date.now(),
    leg: 0,
    isCarrier: false,
    direction: 'in',
    transport: 'udp',
    local: { address: '192.0.2.1', port: 5060 },
    remote: { address: '198.51.100.77', port: 5060 },
    text: 'INVITE sip:102@cedar.test SIP/2.0\r\n\r\n',
  };
  const expiresAtMs = Date.now() + 60_000;
  const rest = { startedAtMs: Date.now(), expiresAtMs, isTruncated: false };
  return { callId, accountId, ...rest, messages: [message] };
}

const nounOf = (route: string): string => route.split(path.sep)[0] ?? '';

/** Ids, and names that only Cedar's side of the house bears. */
function leaks(text: string): string[] {
  const names = [
    'Cedar',
    'cedar.test',
    'Rival',
    'secret carrier',
    'secret trunk',
    'secret contact',
    'secret music',
    'secret place',
    'secret holder',
    'secret rates',
    '198.51.100.77',
    'secret ban',
    'secret phone',
    '192.0.2.88',
    'secret contract',
    '+12125550166',
    '3719088',
  ];
  return [...Object.values(ids), ...names].filter((each) => text.includes(each));
}

/** What single things that are no lists are asked for, of somebody else. */
const QUERIES: Readonly<Record<string, (ids: Ids) => string>> = {
  'calls/quote': (ids) => `?extensionId=${ids['extensions']}&dialled=101`,
  'calls/simulate': (ids) => `?extensionId=${ids['extensions']}&dialled=101`,
  'decks/[id]/changes': () => '?version=1',
  'decks/[id]/diff': () => '?version=1',
  'decks/[id]/impact': () => '?version=1',
  'POST decks/[id]/imports': () => '?fileName=stolen.csv',
  margins: () => '?from=2026-01-01T00:00:00.000Z&to=2026-12-31T00:00:00.000Z',
};

async function ask(endpoint: Endpoint, key: string, id?: string): Promise<Response> {
  const { method, route, handler } = endpoint;
  const query = QUERIES[method === 'GET' ? route : `${method} ${route}`]?.(ids) ?? '';
  const body = method === 'GET' ? undefined : (BODIES[`${method} ${route}`]?.(ids) ?? {});
  return await call(handler, {
    method,
    key,
    path: `/api/v1/${id ? route.replace('[id]', id) : route}${query}`,
    ...(body === undefined ? {} : { body }),
    ...(id ? { params: { id } } : {}),
  });
}

test('every endpoint is looked at, and is made by the wrapper', () => {
  expect(endpoints.length).toBeGreaterThan(40);
  for (const { handler, route, method } of endpoints) {
    expect(handler.definition.summary, `${method} ${route}`).toBeTruthy();
  }
});

test('the same requests do find the objects in the hands of the operator', async () => {
  // Their own account's alone, even for the operator.
  const own = ['api-keys', 'live-calls', 'recordings', 'webhooks'];
  for (const endpoint of endpoints) {
    const noun = nounOf(endpoint.route);
    if (endpoint.method !== 'GET' || !endpoint.route.includes('[id]') || own.includes(noun))
      continue;
    // Its file lies in no data directory here.
    if (['sounds/[id]/audio', 'port-ins/[id]/letter'].includes(endpoint.route)) continue;
    const response = await ask(endpoint, OPERATOR_KEY, ids[noun]);
    expect(response.status, `${endpoint.route}: ${await response.text()}`).toBe(200);
  }
});

describe.each(Object.entries(KEYS))('a %s', (_who, key) => {
  test.each(
    endpoints
      .filter(({ route }) => route.includes('[id]'))
      .map((one) => [`${one.method} ${one.route}`, one] as const),
  )('gets nowhere with the id of somebody else’s object: %s', async (_name, endpoint) => {
    const id = ids[nounOf(endpoint.route)];
    expect(id, 'say in this test what a foreign object of this noun is').toBeDefined();
    const response = await ask(endpoint, key, id);
    const text = await response.text();
    // 503: the switch itself is asked, which is not there.
    expect([403, 404, 503], text).toContain(response.status);
    const unknown = await ask(endpoint, key, newId());
    expect(response.status, 'existence is not confirmed').toBe(unknown.status);
    expect(leaks(text.replaceAll(id ?? '', ''))).toEqual([]);
  });

  test.each(
    endpoints
      .filter(({ route, method }) => method === 'GET' && !route.includes('[id]'))
      .map((one) => [one.route, one] as const),
  )('finds nothing of others in a list: %s', async (_name, endpoint) => {
    const response = await ask(endpoint, key);
    const text = await response.text();
    // What is asked of a single thing says that there is none.
    const isSingle = endpoint.route in QUERIES;
    expect([200, 403, 503, ...(isSingle ? [404] : [])], text).toContain(response.status);
    expect(leaks(text)).toEqual([]);
  });

  test.each(
    endpoints
      .filter(({ route, method }) => method === 'POST' && !route.includes('[id]'))
      .map((one) => [one.route, one] as const),
  )('makes nothing in somebody else’s house: %s', async (_name, endpoint) => {
    if (!BODIES[`POST ${endpoint.route}`]) return;
    const response = await ask(endpoint, key);
    expect([403, 404], await response.text()).toContain(response.status);
  });
});
