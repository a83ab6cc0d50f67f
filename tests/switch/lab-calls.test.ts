import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { labFields, type RunningSipp, runSipp, startSipp, stopAllSipp } from '@/tests/support/sipp';
import { toneShare } from '@/tests/support/tone';

const CARRIER_A = 5090;
const CARRIER_B = 5092;
const NOTHING = { held: '0', openHolds: '0', liveCalls: '0', off: '0' };

const IDLE = { transactions: 0, dialogs: 0, mediaSessions: 0, mediaPortPairs: 0 };

/** Without the peers there is nobody to call; tests/run.mjs names them at the end. */
const hasPeers = hasPeer('sipp') && hasPeer('baresip');
const test = anyTest.skipIf(!hasPeers);

let product: Product;
let lab: Lab;

beforeAll(async () => {
  if (!hasPeers) return;
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
});

afterAll(async () => {
  if (!hasPeers) return;
  // Timers D and J keep transactions for 32 s; after that the switch must hold nothing at all.
  await eventually(async () => JSON.stringify(await lab.inUse()) === JSON.stringify(IDLE), 45_000);
  await lab?.close();
  await product?.stop();
  mkdirSync('tests/output', { recursive: true });
  writeFileSync('tests/output/switch-lab.log', product?.log ?? '');
});

afterEach(async () => {
  if (!hasPeers) return;
  await stopAllSipp();
  // Nothing may be left behind by any call: no reservation, no live call, no cent.
  await eventually(async () => JSON.stringify(await lab.leftovers()) === JSON.stringify(NOTHING));
  expect(await lab.leftovers()).toEqual(NOTHING);
});

/** SIPp takes four ports from its media port on (RTP and RTCP of audio and video). */
function mediaPortOf(sipPort: number): number {
  return 30_000 + (sipPort % 1000) * 6;
}

interface Calling {
  readonly tenant?: 'acme' | 'birch' | 'cedar';
  readonly extension?: string;
  readonly port: number;
  readonly pauseMs?: number;
}

function placeCall(dialled: string, calling: Calling) {
  const { tenant = 'acme', extension = '101', port, pauseMs = 2000 } = calling;
  return runSipp({
    scenario: 'call',
    target: lab.sip,
    localPort: port,
    mediaPort: mediaPortOf(port),
    pauseMs,
    fields: [labFields(tenant, extension, dialled)],
  });
}

async function refusedCall(dialled: string, status: number, calling: Calling) {
  const { tenant = 'acme', extension = '101', port } = calling;
  const result = await runSipp({
    scenario: 'call-refused',
    target: lab.sip,
    localPort: port,
    mediaPort: mediaPortOf(port),
    refusal: status,
    fields: [labFields(tenant, extension, dialled)],
  });
  expect(result.code, result.messages).toBe(0);
  return result.log;
}

function carrier(port: number, scenario: 'answer' | 'silent', calls = 1): Promise<RunningSipp> {
  return startSipp({ scenario, localPort: port, mediaPort: mediaPortOf(port), calls });
}

test('two phones of a tenant hear each other, whoever hangs up', async () => {
  const phone = (user: string, sipPort: number, toneHz: number) =>
    Baresip.start({
      user,
      domain: 'acme.lab.test',
      password: `lab-acme-${user}`,
      server: lab.sip,
      sipPort,
      controlPort: sipPort + 5,
      rtpPort: sipPort + 3000,
      toneHz,
    });
  const low = await phone('107', 15_300, 440);
  const high = await phone('108', 15_400, 1000);
  try {
    await Promise.all([low.says('200 OK'), high.says('200 OK')]);
    low.dial('108');
    await low.says('CALL_ESTABLISHED');
    await eventually(() => low.heard().length > 8_000 && high.heard().length > 8_000);
    high.hangUp();
    expect(await lab.call('108')).toMatchObject({ class: 'internal', hungUpBy: 'callee' });
    expect(toneShare(low.heard(), 1000)).toBeGreaterThan(0.9);
    expect(toneShare(high.heard(), 440)).toBeGreaterThan(0.9);
    high.dial('107');
    await high.says(/CALL_ESTABLISHED[\s\S]*CALL_ESTABLISHED/);
    high.hangUp();
    expect(await lab.call('107')).toMatchObject({ class: 'internal', hungUpBy: 'caller' });
  } finally {
    await low.stop();
    await high.stop();
  }
});

test('a call out is charged at every hop, over the cheapest carrier, to the micro-unit', async () => {
  const b = await carrier(CARRIER_B, 'answer');
  const before = await lab.wallet('Acme');
  const result = await placeCall('+442079460018', { port: 15_101 });
  expect(result.code, result.messages).toBe(0);
  expect((await b.done).log).toContain('sip:+442079460018@');
  const call = await lab.call('+442079460018');
  expect(call.ratedSeconds).toBe(2);
  expect(call.hops).toEqual([
    { buyer: 'Acme', seller: 'North', amountMicro: 10_000n, billedSeconds: 30 },
    { buyer: 'North', seller: 'Operator', amountMicro: 333n, billedSeconds: 2 },
    { buyer: 'Operator', seller: 'carrier-b', amountMicro: 183n, billedSeconds: 2 },
  ]);
  expect((await lab.wallet('Acme')).balanceMicro).toBe(before.balanceMicro - 10_000n);
});

test('a silent carrier is passed over and the next one is paid', async () => {
  const b = await carrier(CARRIER_B, 'silent');
  const a = await carrier(CARRIER_A, 'answer');
  const result = await placeCall('011442079460019', { port: 15_102 });
  expect(result.code, result.messages).toBe(0);
  await b.stop();
  await a.done;
  const call = await lab.call('011442079460019');
  expect(call.attempts).toBe(2);
  expect(call.hops.at(-1)).toEqual({
    buyer: 'Operator',
    seller: 'carrier-a',
    amountMicro: 200n,
    billedSeconds: 2,
  });
});

test('a refusal names its hop and reason, and the carrier hears nothing', async () => {
  const b = await startSipp({ scenario: 'answer', localPort: CARRIER_B, timeoutSeconds: 60 });
  const why = await refusedCall('+447700900555', 403, { tenant: 'cedar', port: 15_103 });
  expect(why).toContain('MARGIN_NEGATIVE');
  expect(await lab.call('+447700900555')).toMatchObject({ refusalCode: 'MARGIN_NEGATIVE' });
  const blocked = await refusedCall('+882165111111', 403, { tenant: 'birch', port: 15_104 });
  expect(blocked).toContain('DESTINATION_BLOCKED');
  expect(await lab.call('+882165111111')).toMatchObject({
    refusalCode: 'DESTINATION_BLOCKED',
    refusalHop: 'Birch',
  });
  expect((await b.stop()).messages).toBe('');
});

test('without funds a call is refused before any carrier hears of it', async () => {
  await lab.sql(
    `UPDATE wallet SET held_micro = balance_micro WHERE account_id =
       (SELECT id FROM account WHERE name = 'Birch')`,
  );
  const a = await startSipp({ scenario: 'answer', localPort: CARRIER_A, timeoutSeconds: 60 });
  const refused = refusedCall('+12025550198', 402, { tenant: 'birch', port: 15_105 });
  const why = await refused.finally(() =>
    lab.sql(
      `UPDATE wallet SET held_micro = 0 WHERE account_id =
         (SELECT id FROM account WHERE name = 'Birch')`,
    ),
  );
  expect(why).toContain('INSUFFICIENT_FUNDS');
  expect(await lab.call('+12025550198')).toMatchObject({
    refusalCode: 'INSUFFICIENT_FUNDS',
    refusalHop: 'Birch',
    hops: [],
  });
  expect((await a.stop()).messages).toBe('');
});

test('callers who give up while their funds are being reserved leave none of them behind', async () => {
  const result = await runSipp({
    scenario: 'call-cancelled',
    target: lab.sip,
    localPort: 15_106,
    mediaPort: mediaPortOf(15_106),
    fields: Array.from({ length: 20 }, () => labFields('acme', '109', '+442079460077')),
  });
  expect(result.code, result.messages).toBe(0);
  const calls = await lab.calls('+442079460077', 20);
  expect(new Set(calls.map((call) => call.sipStatus))).toEqual(new Set([487]));
  // afterEach: nothing held, no live call.
});

test('extensions 101 of two tenants never hear of each other', async () => {
  await lab.register('acme', '101', 15_111);
  await lab.register('birch', '101', 15_112);
  const acme = await startSipp({
    scenario: 'answer',
    localPort: 15_111,
    mediaPort: mediaPortOf(15_111),
  });
  const birch = await startSipp({
    scenario: 'answer',
    localPort: 15_112,
    mediaPort: mediaPortOf(15_112),
    timeoutSeconds: 60,
  });
  const result = await placeCall('101', { extension: '102', port: 15_113 });
  expect(result.code, result.messages).toBe(0);
  expect((await acme.done).code).toBe(0);
  expect((await birch.stop()).messages).toBe('');
  const call = await lab.call('101');
  expect(call.class).toBe('internal');
  expect(call.hops.filter((hop) => hop.amountMicro !== 0n)).toEqual([]);
});

test("another tenant's number is delivered on-net, charged as outbound with zero buy", async () => {
  const birch = await startSipp({
    scenario: 'answer',
    localPort: 15_112,
    mediaPort: mediaPortOf(15_112),
  });
  const result = await placeCall('2025550102', { extension: '103', port: 15_114 });
  expect(result.code, result.messages).toBe(0);
  expect((await birch.done).log).toContain('+1');
  const call = await lab.call('2025550102');
  expect(call.class).toBe('onnet');
  expect(call.hops.map((hop) => hop.amountMicro)).toEqual([15_000n, 800n]);
});

test('a call in is free and reaches the extension of the number', async () => {
  const acme = await startSipp({
    scenario: 'answer',
    localPort: 15_111,
    mediaPort: mediaPortOf(15_111),
  });
  const result = await runSipp({
    scenario: 'call-in',
    target: lab.sip,
    localPort: CARRIER_A,
    mediaPort: mediaPortOf(CARRIER_A),
    pauseMs: 1000,
    fields: [['+442079460000', '127.0.0.1', '', '+12025550101']],
  });
  expect(result.code, result.messages).toBe(0);
  expect((await acme.done).log).toContain('+442079460000');
  const call = await lab.call('+12025550101');
  expect(call).toMatchObject({ class: 'inbound', hungUpBy: 'caller' });
  expect(call.hops.filter((hop) => hop.amountMicro !== 0n)).toEqual([]);
});

test('an emergency call goes out free over the emergency route', async () => {
  const a = await carrier(CARRIER_A, 'answer');
  const result = await placeCall('933', { tenant: 'birch', port: 15_115, pauseMs: 500 });
  expect(result.code, result.messages).toBe(0);
  expect((await a.done).log).toContain('sip:933@');
  const call = await lab.call('933');
  expect(call.class).toBe('emergency');
  expect(call.hops.filter((hop) => hop.amountMicro !== 0n)).toEqual([]);
});

test('the check figures of the lab hold at every hop of real calls', async () => {
  const b = await carrier(CARRIER_B, 'answer');
  const a = await carrier(CARRIER_A, 'answer', 2);
  const results = await Promise.all([
    placeCall('+442079460032', { extension: '104', port: 15_121, pauseMs: 32_000 }),
    placeCall('+12025550199', { tenant: 'birch', port: 15_122, pauseMs: 61_000 }),
    placeCall('+447700900123', { extension: '105', port: 15_123, pauseMs: 61_000 }),
  ]);
  for (const result of results) expect(result.code, result.messages).toBe(0);
  await Promise.all([a.done, b.done]);
  const amounts = async (dialled: string) =>
    (await lab.call(dialled)).hops.map((hop) => [hop.buyer, hop.amountMicro]);
  expect(await amounts('+442079460032')).toEqual([
    ['Acme', 12_000n],
    ['North', 5_333n],
    ['Operator', 2_933n],
  ]);
  expect(await amounts('+12025550199')).toEqual([
    ['Birch', 60_000n],
    ['South', 11_000n],
    ['North', 8_800n],
    ['Operator', 4_400n],
  ]);
  expect(await amounts('+447700900123')).toEqual([
    ['Acme', 50_833n],
    ['North', 30_500n],
    ['Operator', 20_333n],
  ]);
});

test('kill -9 of the switch in mid-call: settled once, nothing held, both sides get a BYE', async () => {
  const b = await carrier(CARRIER_B, 'answer');
  const caller = await startSipp({
    scenario: 'call-until-bye',
    target: lab.sip,
    localPort: 15_131,
    mediaPort: mediaPortOf(15_131),
    fields: [labFields('acme', '106', '+442079460066')],
  });
  await eventually(async () => (await lab.leftovers()).openHolds !== '0');
  // A heartbeat that is after the answer has to have been written: that is what a crash settles to.
  await lab.heartbeatAfterAnswer();
  const pid = product.kill('switch');
  await product.cameBack('switch', pid);
  const call = await lab.call('+442079460066');
  expect(call.hungUpBy).toBe('node_failure');
  expect(call.ratedSeconds).toBeGreaterThanOrEqual(1);
  expect(call.hops.map((hop) => hop.buyer)).toEqual(['Acme', 'North', 'Operator']);
  expect((await caller.done).code).toBe(0);
  expect((await b.done).code).toBe(0);
  // Once more: a second start finds nothing to settle again.
  const again = product.kill('switch');
  await product.cameBack('switch', again);
  expect(await lab.calls('+442079460066')).toHaveLength(1);
});
