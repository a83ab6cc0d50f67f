import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { labFields, type SippScenario, startSipp, stopAllSipp } from '@/tests/support/sipp';

const CARRIER_B = 5092;
const NOTHING = { held: '0', openHolds: '0', liveCalls: '0', off: '0' };
const IDLE = { transactions: 0, dialogs: 0, mediaSessions: 0, mediaPortPairs: 0 };

const hasPeers = hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

let product: Product;
let lab: Lab;

beforeAll(async () => {
  if (!hasPeers) return;
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
  await lab.register('acme', '102', 15_202);
});

afterAll(async () => {
  if (!hasPeers) return;
  await eventually(async () => JSON.stringify(await lab.inUse()) === JSON.stringify(IDLE), 45_000);
  await lab?.close();
  await product?.stop();
  mkdirSync('tests/output', { recursive: true });
  writeFileSync('tests/output/switch-linked-calls.log', product?.log ?? '');
});

afterEach(async () => {
  if (!hasPeers) return;
  await stopAllSipp();
  await eventually(async () => JSON.stringify(await lab.leftovers()) === JSON.stringify(NOTHING));
  expect(await lab.leftovers()).toEqual(NOTHING);
});

function peer(
  scenario: SippScenario,
  localPort: number,
  more: { fields?: readonly string[]; pauseMs?: number } = {},
) {
  const { fields, pauseMs = 1_000 } = more;
  return startSipp({
    scenario,
    localPort,
    mediaPort: 30_000 + (localPort % 1_000) * 6,
    pauseMs,
    ...(fields === undefined ? {} : { target: lab.sip, fields: [fields] }),
  });
}

test('a call that is transferred on the wire is paid by who transferred, to its end', async () => {
  const carrier = await peer('answer-and-be-transferred', CARRIER_B);
  const target = await peer('answer-and-hang-up', 15_202, { pauseMs: 3_000 });
  const phone = await peer('call-and-transfer', 15_203, {
    fields: [...labFields('acme', '103', '+442079460201'), '102'],
  });
  const [called, answered, transferred] = await Promise.all([
    phone.done,
    target.done,
    carrier.done,
  ]);
  expect(called.code, called.messages).toBe(0);
  expect(called.log).toContain('SIP/2.0 200 OK');
  expect(answered.code, answered.messages).toBe(0);
  expect(transferred.code, transferred.messages).toBe(0);
  const call = await lab.call('+442079460201');
  expect(call).toMatchObject({ class: 'outbound', hungUpBy: 'caller' });
  // A second before the transfer, three after it.
  expect(call.ratedSeconds).toBeGreaterThanOrEqual(4);
  expect(call.hops.map((hop) => hop.buyer)).toEqual(['Acme', 'North', 'Operator']);
  expect(await lab.call('102')).toMatchObject({ class: 'internal', hungUpBy: 'callee' });
  expect(await lab.links('102')).toEqual([{ kind: 'transfer', dialled: '+442079460201' }]);
});

test('a call that is sent on is charged to who sends it on, at every hop', async () => {
  await lab.forwardAlways('acme.lab.test', '104', '+442079460204');
  const carrier = await peer('answer', CARRIER_B);
  const phone = await peer('call', 15_204, {
    fields: labFields('acme', '105', '104'),
    pauseMs: 2_000,
  });
  const [called, reached] = await Promise.all([phone.done, carrier.done]);
  await lab.forwardAlways('acme.lab.test', '104', null);
  expect(called.code, called.messages).toBe(0);
  expect(reached.log).toContain('sip:+442079460204@');
  const own = await lab.call('104');
  expect(own.class).toBe('internal');
  expect(own.hops.filter((hop) => hop.amountMicro !== 0n)).toEqual([]);
  const forwarded = await lab.call('+442079460204');
  expect(forwarded.hops).toEqual([
    { buyer: 'Acme', seller: 'North', amountMicro: 10_000n, billedSeconds: 30 },
    { buyer: 'North', seller: 'Operator', amountMicro: 333n, billedSeconds: 2 },
    { buyer: 'Operator', seller: 'carrier-b', amountMicro: 183n, billedSeconds: 2 },
  ]);
  expect(await lab.links('+442079460204')).toEqual([{ kind: 'forward', dialled: '104' }]);
});

test('kill -9 amid a transferred call: each record is settled once, nothing held, both sides get a BYE', async () => {
  const transferred = await peer('answer-and-be-transferred', CARRIER_B);
  const target = await peer('answer', 15_202);
  const phone = await peer('call-and-transfer', 15_206, {
    fields: [...labFields('acme', '106', '+442079460205'), '102'],
  });
  expect((await phone.done).code).toBe(0);
  await liveCalls(2);
  await lab.heartbeatAfterAnswer();
  const pid = product.kill('switch');
  await product.cameBack('switch', pid);
  for (const dialled of ['+442079460205', '102']) {
    const calls = await lab.calls(dialled);
    expect(calls.at(-1)).toMatchObject({ hungUpBy: 'node_failure' });
    expect(calls.at(-1)?.ratedSeconds).toBeGreaterThanOrEqual(1);
  }
  expect((await lab.call('+442079460205')).hops.map((hop) => hop.buyer)).toEqual([
    'Acme',
    'North',
    'Operator',
  ]);
  expect((await lab.links('102')).at(-1)).toEqual({
    kind: 'transfer',
    dialled: '+442079460205',
  });
  const ends = await Promise.all([transferred.done, target.done]);
  for (const end of ends) expect(end.code, end.messages).toBe(0);
});

test('kill -9 amid a forwarded call: both records are settled once, to the forwarder its price', async () => {
  await lab.forwardAlways('acme.lab.test', '104', '+442079460206');
  const carrier = await peer('answer', CARRIER_B);
  const phone = await peer('call-until-bye', 15_207, { fields: labFields('acme', '107', '104') });
  await liveCalls(2);
  await lab.heartbeatAfterAnswer();
  const pid = product.kill('switch');
  await product.cameBack('switch', pid);
  const forwarded = await lab.call('+442079460206');
  expect(forwarded).toMatchObject({ hungUpBy: 'node_failure' });
  expect(forwarded.hops.map((hop) => hop.buyer)).toEqual(['Acme', 'North', 'Operator']);
  expect((await lab.calls('104', 2)).at(-1)).toMatchObject({ hungUpBy: 'node_failure' });
  for (const end of await Promise.all([carrier.done, phone.done])) {
    expect(end.code, end.messages).toBe(0);
  }
  // A second start finds nothing to settle again.
  const again = product.kill('switch');
  await product.cameBack('switch', again);
  expect(await lab.calls('+442079460206')).toHaveLength(1);
});

/** Waits until so many calls live. */
async function liveCalls(count: number): Promise<void> {
  await eventually(async () => (await lab.leftovers()).liveCalls === String(count));
}
