import { beforeEach, expect, test } from 'vitest';
import { Originator } from '@/lib/switch/call/originate';
import { briefTone } from '@/lib/switch/sounds/tones';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, refuses, rings } from './world-phone';

const ABROAD = '+442079460018';

let world: World;
let phone: Phone;
let carrier: Phone;
let originator: Originator;
let isDraining: boolean;

beforeEach(() => {
  world = new World();
  phone = world.phone('acme', '101');
  carrier = world.carrier('carrier-b');
  isDraining = false;
  originator = new Originator({
    environment: world.environment,
    isDraining: () => isDraining,
  });
});

function begin(dialled = ABROAD): string {
  const extension = world.directory.extension('tenant Acme', '101');
  if (!extension) throw new Error('no extension 101');
  return originator.begin(extension, { dialled, callAs: null });
}

/** Lets what the phone hears come to its end. */
async function soundsEnd(): Promise<void> {
  const [[sessionId, session] = []] = world.media.sessions;
  const [legId = ''] = session?.playing.keys() ?? [];
  world.media.endPlaying(sessionId ?? '', legId);
  await world.pass(100);
}

test('the own phone rings with the number that will be called, and is put through when taken', async () => {
  const callId = begin();
  await world.pass(500);
  const [invite] = phone.heard;
  expect(invite?.header('from')).toMatch(/^"\+44 20 7946 0018" <sip:\+442079460018@/);
  expect(invite?.body).toHaveLength(0);
  expect(carrier.calls).toEqual([]);
  expect(world.charging.liveCallIds).toEqual([]);

  phone.answer();
  await world.pass(200);
  expect(carrier.calls).toHaveLength(1);
  expect(carrier.heard[0]?.uri).toContain('442079460018');
  expect(world.charging.liveCallIds).toEqual([callId]);
  const session = world.media.sessions.get(callId);
  expect(session?.gate).toBe('early');

  carrier.answer();
  await world.pass(200);
  expect(session?.gate).toBe('open');
  expect(session?.legs.size).toBe(2);
  await world.pass(1_000);
  phone.hangUp();
  await world.pass(200);
  expect(carrier.call.ended).toBe(true);
  const record = world.record(ABROAD);
  expect(record).toMatchObject({
    callId,
    hungUpBy: 'caller',
    sipStatus: 200,
    facts: { payerAccountId: 'Acme', fromNumber: '101', callClass: 'outbound' },
  });
  expect(record.legs.map(({ seq, extensionId }) => [seq, extensionId !== null])).toEqual([
    [0, true],
    [1, false],
  ]);
  expect(world.charging.paidBy('Acme')).toBe(10_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the carrier is told who calls as if the number had been dialled', async () => {
  phone.manner = answers;
  begin();
  await world.pass(500);
  const byOriginate = carrier.heard[0]?.header('from');
  phone.hangUp();
  await world.pass(200);
  phone.dial('101@acme.test', `${ABROAD}@acme.test`);
  await world.pass(500);
  const dialled = carrier.heard
    .filter(({ method }) => method === 'INVITE')
    .at(-1)
    ?.header('from');
  const withoutTag = (from: string | undefined) => from?.replace(/;tag=.*/, '');
  expect(withoutTag(byOriginate)).toBe(withoutTag(dialled));
});

test('a colleague is shown by name and extension on the ringing phone', async () => {
  world.phone('acme', '102');
  begin('102');
  await world.pass(100);
  expect(phone.heard[0]?.header('from')).toMatch(/^"Phone 102" <sip:102@/);
});

test('all phones of the extension ring; one takes it and the others stop', async () => {
  const extension = world.directory.extension('tenant Acme', '101');
  const [first] = world.location.lookup(extension?.id ?? '', world.network.clock.nowMs());
  const other = world.phone('acme', '101', 'acme-101-b');
  const [second] = world.location.lookup(extension?.id ?? '', world.network.clock.nowMs());
  if (!extension || !first || !second) throw new Error('no bindings');
  world.location.update(extension.id, [first, second]);
  begin();
  await world.pass(200);
  expect([phone.calls.length, other.calls.length]).toEqual([1, 1]);
  other.answer();
  await world.pass(200);
  expect(phone.call.ended).toBe(true);
  expect(carrier.calls).toHaveLength(1);
  other.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('where nobody takes the phone nothing is dialled and nothing reserved, and the record says so', async () => {
  const callId = begin();
  await world.pass(46_000);
  expect(phone.call.ended).toBe(true);
  expect(carrier.calls).toEqual([]);
  expect(world.record(ABROAD)).toMatchObject({
    callId,
    sipStatus: 480,
    q850Cause: 19,
    hungUpBy: 'caller',
    answeredAtMs: null,
    facts: { payerAccountId: null, hops: [] },
  });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a phone that declines is the end of it', async () => {
  phone.manner = refuses(603);
  begin();
  await world.pass(500);
  expect(world.record(ABROAD)).toMatchObject({ sipStatus: 603, hungUpBy: 'caller' });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('it can be called off while the phone rings', async () => {
  const callId = begin();
  await world.pass(500);
  expect(originator.extensionOf(callId)).toBe(world.directory.extension('tenant Acme', '101')?.id);
  originator.cancel(callId);
  await world.pass(200);
  expect(originator.extensionOf(callId)).toBeUndefined();
  expect(phone.call.ended).toBe(true);
  expect(world.record(ABROAD)).toMatchObject({ sipStatus: 487, hungUpBy: 'switch' });
  originator.cancel(callId);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('whoever hangs up while the far side rings ends it there too', async () => {
  phone.manner = answers;
  begin();
  await world.pass(500);
  expect(carrier.calls).toHaveLength(1);
  phone.hangUp();
  await world.pass(200);
  expect(carrier.call.ended).toBe(true);
  expect(world.record(ABROAD)).toMatchObject({ sipStatus: 487, hungUpBy: 'caller' });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a far side that is busy is heard by the tone for it, and ends the phone’s leg', async () => {
  phone.manner = answers;
  for (const name of ['carrier-a', 'carrier-b'] as const) world.carrier(name).manner = refuses(486);
  begin();
  await world.pass(1_000);
  expect(world.media.played.map(({ playback }) => playback)).toEqual([
    briefTone('busy', 'US', 4_000),
  ]);
  expect(phone.call.ended).toBe(false);
  await soundsEnd();
  expect(phone.call.ended).toBe(true);
  expect(world.record(ABROAD)).toMatchObject({ sipStatus: 486, hungUpBy: 'callee' });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('whoever hangs up on that tone ends it', async () => {
  phone.manner = answers;
  for (const name of ['carrier-a', 'carrier-b'] as const) world.carrier(name).manner = refuses(486);
  begin();
  await world.pass(1_000);
  phone.hangUp();
  await world.pass(200);
  expect(world.record(ABROAD)).toMatchObject({ answeredAtMs: null });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('funds that are gone when the phone is taken: that is said, and nobody is dialled', async () => {
  begin();
  await world.pass(500);
  world.charging.balances.set('Acme', 0n);
  phone.answer();
  await world.pass(500);
  expect(carrier.calls).toEqual([]);
  expect(world.media.played).toHaveLength(1);
  await soundsEnd();
  expect(phone.call.ended).toBe(true);
  expect(world.record(ABROAD)).toMatchObject({
    sipStatus: 402,
    refusal: { code: 'INSUFFICIENT_FUNDS' },
  });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('what holds when the phone is taken counts', async () => {
  begin();
  await world.pass(500);
  const extension = world.directory.extension('tenant Acme', '101');
  if (!extension) throw new Error('no extension');
  world.directory.put({ kind: 'extension', record: { ...extension, status: 'suspended' } });
  phone.answer();
  await world.pass(500);
  expect(carrier.calls).toEqual([]);
  expect(phone.call.ended).toBe(true);
  expect(world.record(ABROAD)).toMatchObject({
    sipStatus: 403,
    refusal: { code: 'EXTENSION_SUSPENDED' },
  });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('an offer of no use ends the phone’s leg', async () => {
  world.media.unusable = (sdp) => sdp.includes('acme-101');
  phone.manner = answers;
  begin();
  await world.pass(500);
  expect(phone.call.ended).toBe(true);
  expect(carrier.calls).toEqual([]);
  expect(world.record(ABROAD)).toMatchObject({ sipStatus: 488 });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a phone that leaves at once leaves nothing behind', async () => {
  phone.manner = (own, transaction) => {
    answers(own, transaction);
    own.hangUp();
  };
  begin();
  await world.pass(2_000);
  expect(world.charging.settled).toHaveLength(1);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('what could not be dialled rings nobody', async () => {
  expect(() => begin('12')).toThrow(expect.objectContaining({ code: 'DESTINATION_UNKNOWN' }));
  expect(() => begin('911')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  isDraining = true;
  expect(() => begin()).toThrow(expect.objectContaining({ code: 'DRAINING' }));
  isDraining = false;
  phone.manner = rings;
  begin();
  expect(() => begin()).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  const nobody = world.directory.extension('tenant Acme', '102');
  if (!nobody) throw new Error('no extension 102');
  expect(() => originator.begin(nobody, { dialled: ABROAD, callAs: null })).toThrow(
    expect.objectContaining({ code: 'EXTENSION_NOT_REGISTERED' }),
  );
  originator.close();
  await world.pass(200);
  expect(phone.calls).toHaveLength(1);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
