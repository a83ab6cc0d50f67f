import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { probe } from '@/tests/support/sip-probe';
import { labFields, startSipp, stopAllSipp } from '@/tests/support/sipp';

const CARRIER_B = 5092;
const KEY = {
  authorization: 'Bearer tb_lab_key_for_loopback_only',
  'content-type': 'application/json',
};

const hasPeers = hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

let product: Product;
let lab: Lab;

beforeAll(async () => {
  if (!hasPeers) return;
  product = await startProduct({ scenario: 'lab', variables: { DRAIN_SECONDS: '60' } });
  lab = new Lab(product);
});
afterAll(async () => {
  if (!hasPeers) return;
  await lab?.close();
  await product?.stop();
});
afterEach(stopAllSipp);

const mediaPortOf = (sipPort: number): number => 30_000 + (sipPort % 1000) * 6;

/** A call to a carrier that goes on until somebody else ends it; both ends must see it go well. */
async function longCall(dialled: string, port: number) {
  const carrier = await startSipp({
    scenario: 'answer',
    localPort: CARRIER_B,
    mediaPort: mediaPortOf(CARRIER_B),
    calls: 1,
  });
  const caller = await startSipp({
    scenario: 'call-until-bye',
    target: lab.sip,
    localPort: port,
    mediaPort: mediaPortOf(port),
    fields: [labFields('acme', '101', dialled)],
  });
  await eventually(async () => (await liveCalls()).some((call) => call.state === 'answered'));
  return async (): Promise<void> => {
    const [call] = await liveCalls();
    if (!call) throw new Error('the call is gone');
    const path = `${product.ready.web}/api/v1/live-calls/${call.callId}`;
    const { status } = await fetch(path, { method: 'DELETE', headers: KEY });
    expect(status).toBe(204);
    for (const end of await Promise.all([caller.done, carrier.done])) {
      expect(end.code, end.messages).toBe(0);
    }
  };
}

async function change(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${product.ready.web}/api/v1${path}`, {
    method: 'PATCH',
    headers: KEY,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

async function idOf(path: string, isIt: (item: Record<string, unknown>) => boolean) {
  const response = await fetch(`${product.ready.web}/api/v1${path}?limit=100`, { headers: KEY });
  const { items } = (await response.json()) as { items: Record<string, unknown>[] };
  const found = items.find(isIt);
  if (!found) throw new Error(`not in ${path}`);
  return String(found['id']);
}

async function liveCalls(): Promise<readonly { callId: string; state: string }[]> {
  const response = await fetch(`${product.ready.web}/api/v1/live-calls`, { headers: KEY });
  return ((await response.json()) as { items: { callId: string; state: string }[] }).items;
}

test('a call goes on while everything that it was made of is changed', async () => {
  const hangUp = await longCall('+442079460051', 15_501);
  const tenant = await idOf('/tenants', (one) => one['domain'] === 'acme.lab.test');
  const extension = await idOf(
    '/extensions',
    (one) => one['tenantId'] === tenant && one['number'] === '101',
  );
  const trunk = await idOf('/trunks', (one) => one['name'] === 'carrier-b');
  const account = await idOf('/accounts', (one) => one['name'] === 'Acme');
  await change(`/extensions/${extension}`, { name: 'Renamed while it talks' });
  await change(`/trunks/${trunk}`, { maxChannels: 7 });
  await change(`/tenants/${tenant}`, { allowedDestinations: ['1', '44', '882'] });
  await change(`/accounts/${account}`, { limits: { maxConcurrentCalls: 3 } });
  await eventually(async () => {
    const response = await fetch(`${product.ready.web}/api/v1/trunks/${trunk}`, { headers: KEY });
    const { generation, status } = (await response.json()) as {
      generation: number;
      status: { observedGeneration: number | null };
    };
    return status.observedGeneration === generation;
  });
  expect(await liveCalls()).toHaveLength(1);
  await hangUp();
  const call = await lab.call('+442079460051');
  expect(call).toMatchObject({ hungUpBy: 'switch', sipStatus: 200 });
  expect(call.hops.map((hop) => hop.buyer)).toEqual(['Acme', 'North', 'Operator']);
});

test('a draining switch lets its calls end, takes no new one, and keeps who is registered', async () => {
  await lab.register('acme', '102', 15_502);
  const hangUp = await longCall('+442079460052', 15_503);
  expect((await probe(lab.sip, 'OPTIONS')).status).toBe(200);
  const pid = product.kill('switch', 'SIGTERM');
  await eventually(async () => (await probe(lab.sip, 'OPTIONS')).status === 503);
  const refused = await probe(lab.sip, 'INVITE');
  expect(refused.status).toBe(503);
  expect(refused.text).toMatch(/retry-after: *\d+/i);
  const status = await fetch(`${product.ready.web}/api/v1/switch`, { headers: KEY });
  expect(await status.json()).toMatchObject({ state: 'draining', liveCalls: 1 });
  await hangUp();
  expect(await lab.call('+442079460052')).toMatchObject({ hungUpBy: 'switch', sipStatus: 200 });
  // It was told to end, so it ended; the supervisor brings it back, with its registrations.
  await product.cameBack('switch', pid);
  const back = await fetch(`${product.ready.web}/api/v1/switch`, { headers: KEY });
  expect(await back.json()).toMatchObject({ state: 'running', registrations: 1 });
});
