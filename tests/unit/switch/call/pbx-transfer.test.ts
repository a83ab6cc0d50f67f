import { beforeEach, expect, test } from 'vitest';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { e164 } from '@/tests/unit/core/call-plan/lab';
import { configTrunk } from '@/tests/unit/switch/trunks/config-trunk';
import { NOTHING_LEFT, World } from './world';
import { answers, Phone, type PhoneCall } from './world-phone';

const ABROAD = '+442079460018';
const PBX_NUMBER = '+12025550188';
const PBX = 'trunk pbx';

let world: World;
let pbx: Phone;
let carrierA: Phone;
let carrierB: Phone;

/** Acme's PBX by its address, with a number of its own; 9 is dialled for an outside line. */
function connectPbx(changes: Partial<ConfigTrunk> = {}): Phone {
  const record = configTrunk(PBX, {
    kind: 'pbx',
    accountId: 'Acme',
    carrierId: null,
    tenantId: 'tenant Acme',
    isDialable: false,
    address: 'pbx',
    ...changes,
  });
  world.directory.put({ kind: 'trunk', record });
  world.directory.put({
    kind: 'phone_number',
    record: {
      ...{ id: PBX_NUMBER, e164: e164(PBX_NUMBER), accountId: 'Operator', inService: true },
      ...{ tenantId: 'tenant Acme', extensionId: null, trunkId: PBX, generation: 2n },
    },
  });
  return new Phone(world.network, 'pbx');
}

beforeEach(() => {
  world = new World();
  pbx = connectPbx();
  pbx.manner = answers;
  carrierA = world.carrier('carrier-a');
  carrierB = world.carrier('carrier-b');
  carrierB.manner = answers;
});

/** Somebody outside calls the PBX's number and talks. */
async function callsIn(): Promise<PhoneCall> {
  const call = carrierA.dial('+12125550123@carrier-a', `${PBX_NUMBER}@switch`);
  await world.pass(300);
  expect(call.status).toBe(200);
  return call;
}

/** Somebody of the PBX calls and talks. */
async function callsOut(to: string): Promise<PhoneCall> {
  const call = pbx.dial('200@pbx', `${to}@switch`);
  await world.pass(300);
  expect(call.status).toBe(200);
  return call;
}

test('a PBX sends a call on to the outside by its own rights and out of its own wallet', async () => {
  const outside = await callsIn();
  const refer = pbx.refer(`<sip:${ABROAD}@switch>`);
  await world.pass(500);
  expect(refer.status).toBe(202);
  expect(pbx.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect([pbx.call.ended, outside.ended]).toEqual([true, false]);
  await world.pass(40_000);
  carrierA.hangUp(outside);
  await world.pass(200);
  expect(carrierB.call.ended).toBe(true);
  const [first, second] = [world.record(PBX_NUMBER), world.record(ABROAD)];
  expect(second.facts).toMatchObject({
    accountId: 'Acme',
    payerAccountId: 'Acme',
    fromExtensionId: null,
    fromNumber: '+12025550101',
    link: { callId: first.callId, kind: 'transfer' },
  });
  expect(world.charging.paidBy('Acme')).toBe(14_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('what a PBX writes in Refer-To is read as what it dials: with its prefix', async () => {
  const numbersIn = { format: 'plus_e164', country: 'US', strip: 1, prepend: '' } as const;
  world.directory.put({
    kind: 'trunk',
    record: { ...configTrunk(PBX), ...world.directory.trunkById(PBX), numbersIn, generation: 3n },
  });
  await callsIn();
  pbx.refer(`<sip:9${ABROAD}@pbx>`);
  await world.pass(500);
  expect(pbx.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  carrierB.hangUp();
  await world.pass(200);
  expect(world.record(ABROAD).facts.payerAccountId).toBe('Acme');
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  { why: 'without funds', balance: 0n, target: ABROAD, status: 402 },
  { why: 'without the right', balance: 1_000_000n, target: '+33142685300', status: 403 },
  { why: 'to what is no number', balance: 1_000_000n, target: 'nonsense', status: 404 },
])("a PBX's transfer $why is refused and the call goes on", async ({ balance, target, status }) => {
  const outside = await callsIn();
  world.charging.balances.set('Acme', balance);
  pbx.refer(`<sip:${target}@switch>`);
  await world.pass(300);
  expect(pbx.notified.at(-1)).toMatch(new RegExp(`^SIP/2.0 ${status} .*\\(terminated\\)$`));
  expect([outside.ended, pbx.call.ended]).toEqual([false, false]);
  expect(world.record(target).refusal).not.toBeNull();
  expect(world.record(target).facts.accountId).toBe('Acme');
  carrierA.hangUp(outside);
  await world.pass(100);
  expect(world.charging.paidBy('Acme')).toBe(0n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a PBX that is suspended meanwhile transfers nothing more', async () => {
  const outside = await callsIn();
  const record = { ...configTrunk(PBX), ...world.directory.trunkById(PBX) };
  world.directory.put({
    kind: 'trunk',
    record: { ...record, status: 'suspended', generation: 3n },
  });
  pbx.refer(`<sip:${ABROAD}@switch>`);
  await world.pass(300);
  expect(pbx.notified.at(-1)).toBe('SIP/2.0 403 Forbidden (terminated)');
  expect(carrierB.calls).toEqual([]);
  expect(outside.ended).toBe(false);
  carrierA.hangUp(outside);
  await world.pass(100);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test("another tenant's extension is no target of a PBX, though its number is the same", async () => {
  const stranger = world.phone('birch', '103');
  await callsIn();
  pbx.refer('<sip:103@birch.lab.test>');
  await world.pass(300);
  expect(pbx.notified.at(-1)).toBe('SIP/2.0 404 Not Found (terminated)');
  expect(stranger.calls).toEqual([]);
  pbx.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

function nameOf({ dialog }: PhoneCall): string {
  if (!dialog) throw new Error('no dialog');
  const text = `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`;
  return encodeURIComponent(text);
}

test('a PBX connects its two calls with each other and leaves both', async () => {
  const outside = await callsIn();
  const first = pbx.call;
  const carla = world.phone('acme', '103');
  carla.manner = answers;
  const second = await callsOut('103');
  pbx.refer(`<sip:103@acme.lab.test?Replaces=${nameOf(second)}>`, first);
  await world.pass(1_000);
  expect(pbx.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect([first.ended, second.ended, outside.ended, carla.call.ended]).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
  await world.pass(5_000);
  carla.hangUp();
  await world.pass(200);
  expect(outside.ended).toBe(true);
  expect(world.record('103').facts.link).toEqual({
    callId: world.record(PBX_NUMBER).callId,
    kind: 'attended_transfer',
  });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test("a PBX can name no leg of another tenant, and no carrier's", async () => {
  const outside = await callsIn();
  const first = pbx.call;
  const stranger = world.phone('birch', '101');
  world.phone('birch', '102').manner = answers;
  const theirs = stranger.dial('101@birch.lab.test', '102@birch.lab.test');
  await world.pass(300);
  for (const named of [theirs, outside]) {
    pbx.refer(`<sip:102@acme.lab.test?Replaces=${nameOf(named)}>`, first);
    await world.pass(500);
    expect(pbx.notified.at(-1)).toBe('SIP/2.0 481 Call/Transaction Does Not Exist (terminated)');
  }
  expect([first.ended, theirs.ended, outside.ended]).toEqual([false, false, false]);
  carrierA.hangUp(outside);
  stranger.hangUp(theirs);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('two PBXs of two tenants: neither has a word in a call of the other', async () => {
  const record = configTrunk('trunk pbx-birch', {
    ...{ kind: 'pbx', accountId: 'Birch', carrierId: null, tenantId: 'tenant Birch' },
    ...{ isDialable: false, address: 'pbx-birch' },
  });
  world.directory.put({ kind: 'trunk', record });
  const other = new Phone(world.network, 'pbx-birch');
  const outside = await callsIn();
  const forged = other.dial('200@pbx-birch', '103@switch', {
    replaces: decodeURIComponent(nameOf(pbx.call)),
  });
  await world.pass(300);
  expect(forged.status).toBe(481);
  expect(outside.ended).toBe(false);
  carrierA.hangUp(outside);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
