import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, type PhoneCall, refuses, rings } from './world-phone';

const ABROAD = '+442079460018';
const ACME = 'acme.lab.test';

let world: World;
let anna: Phone;
let bert: Phone;
let carrier: Phone;

beforeEach(() => {
  world = new World();
  anna = world.phone('acme', '101');
  bert = world.phone('acme', '102');
  carrier = world.carrier('carrier-b');
  bert.manner = answers;
  carrier.manner = answers;
});

async function talk(phone: Phone, from: string, to: string): Promise<PhoneCall> {
  const call = phone.dial(`${from}@${ACME}`, `${to}@${ACME}`);
  await world.pass(200);
  return call;
}

/** Refer-To that names a dialog as a phone with that dialog sees it: the tags are the switch's view. */
function replacing(call: PhoneCall, to = '102', changes: { toTag?: string } = {}): string {
  const { dialog } = call;
  if (!dialog) throw new Error('no dialog');
  const { callId, localTag, remoteTag } = dialog;
  const value = `${callId};to-tag=${changes.toTag ?? remoteTag};from-tag=${localTag}`;
  return `<sip:${to}@${ACME}?Replaces=${encodeURIComponent(value)}>`;
}

test('an attended transfer connects both far sides, and each call is paid by its payer to the end', async () => {
  const first = await talk(anna, '101', ABROAD);
  const second = await talk(anna, '101', '102');
  expect([first.status, second.status]).toEqual([200, 200]);
  const refer = anna.refer(replacing(second), first);
  await world.pass(500);
  expect(refer.status).toBe(202);
  expect(anna.notified).toEqual(['SIP/2.0 100 Trying (active)', 'SIP/2.0 200 OK (terminated)']);
  expect([first.ended, second.ended]).toEqual([true, true]);
  expect([carrier.call.ended, bert.call.ended]).toEqual([false, false]);
  expect(world.media.sessions.size).toBe(1);
  await world.pass(41_000);
  bert.hangUp();
  await world.pass(200);
  expect(carrier.call.ended).toBe(true);
  const [paid, free] = [world.record(ABROAD), world.record('102')];
  expect(free.facts.link).toEqual({ callId: paid.callId, kind: 'attended_transfer' });
  expect(paid.ratedSeconds).toBe(42);
  expect(paid.hungUpBy).toBe('caller');
  expect(world.charging.paidBy('Acme')).toBe(14_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('two priced calls that are joined go on costing both, and the end of either money ends both', async () => {
  const other = world.carrier('carrier-a');
  other.manner = answers;
  // The second call gets what the first one leaves: 0.02 a minute each.
  world.charging.balances.set('Acme', 24_000n);
  const first = await talk(anna, '101', ABROAD);
  const second = await talk(anna, '101', '+442079460019');
  anna.refer(replacing(second), first);
  await world.pass(120_000);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect(carrier.calls.map(({ ended }) => ended)).toEqual([true, true]);
  expect(world.charging.balances.get('Acme')).toBeGreaterThanOrEqual(0n);
  expect(world.record(ABROAD).ratedSeconds).toBeGreaterThan(20);
  expect(world.record('+442079460019').ratedSeconds).toBeGreaterThan(20);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a far side that refuses the new offer leaves both calls as they were', async () => {
  const first = await talk(anna, '101', ABROAD);
  const second = await talk(anna, '101', '102');
  bert.reinviteStatus = 488;
  anna.refer(replacing(second), first);
  await world.pass(500);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 488 Not Acceptable Here (terminated)');
  expect([first.ended, second.ended, carrier.call.ended, bert.call.ended]).toEqual(
    Array(4).fill(false),
  );
  expect(world.media.sessions.size).toBe(2);
  anna.hangUp(first);
  anna.hangUp(second);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a leg that the media engine can not move stays where it is: both calls go on, and may be transferred later', async () => {
  const first = await talk(anna, '101', ABROAD);
  const second = await talk(anna, '101', '102');
  world.media.adopts = false;
  anna.refer(replacing(second), first);
  await world.pass(500);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 500 Server Internal Error (terminated)');
  expect([first.ended, second.ended, carrier.call.ended, bert.call.ended]).toEqual(
    Array(4).fill(false),
  );
  world.media.adopts = true;
  anna.refer(replacing(second), first);
  await world.pass(500);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  bert.hangUp();
  await world.pass(200);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who transfers may hang up both calls at once', async () => {
  const first = await talk(anna, '101', ABROAD);
  const second = await talk(anna, '101', '102');
  anna.refer(replacing(second), first);
  anna.hangUp(first);
  anna.hangUp(second);
  await world.pass(1_000);
  expect([carrier.call.ended, bert.call.ended]).toEqual([false, false]);
  carrier.hangUp();
  await world.pass(200);
  expect(bert.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each(['first', 'second'])(
  'a far side of the %s call that leaves meanwhile ends only what it was in',
  async (which) => {
    const first = await talk(anna, '101', ABROAD);
    const second = await talk(anna, '101', '102');
    anna.refer(replacing(second), first);
    // The new offer is on its way to Bert; the one who leaves crosses it.
    if (which === 'first') carrier.hangUp();
    else bert.hangUp();
    await world.pass(2_000);
    const gone = which === 'first' ? first : second;
    const left = which === 'first' ? second : first;
    expect(gone.ended).toBe(true);
    expect(left.ended).toBe(false);
    anna.hangUp(left);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('a dialog of another tenant can not be named, though Call-ID and tags are right', async () => {
  const dora = world.phone('birch', '101', 'dora');
  const emil = world.phone('birch', '102', 'emil');
  emil.manner = answers;
  const theirs = dora.dial('101@birch.lab.test', '102@birch.lab.test');
  await world.pass(200);
  const own = await talk(anna, '101', '102');
  anna.refer(replacing(theirs), own);
  await world.pass(300);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 481 Call/Transaction Does Not Exist (terminated)');
  expect([theirs.ended, emil.call.ended, own.ended]).toEqual([false, false, false]);
  dora.hangUp();
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test("a carrier's leg can not be named: nobody takes a paid call over", async () => {
  await talk(bert, '102', ABROAD);
  const own = await talk(anna, '101', '102');
  anna.refer(replacing(carrier.call), own);
  await world.pass(300);
  expect(anna.notified.at(-1)).toMatch(/^SIP\/2.0 481 /);
  anna.hangUp();
  bert.hangUp();
  await world.pass(200);
  bert.hangUp(bert.calls[0]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  ['with a wrong tag', { toTag: 'guessed' }],
  ['that is its own call', {}],
])('a dialog %s is not there', async (what, changes) => {
  const first = await talk(anna, '101', ABROAD);
  const second = await talk(anna, '101', '102');
  anna.refer(replacing(what === 'that is its own call' ? first : second, '102', changes), first);
  await world.pass(300);
  expect(anna.notified.at(-1)).toMatch(/^SIP\/2.0 481 /);
  expect([first.ended, second.ended]).toEqual([false, false]);
  anna.hangUp(first);
  anna.hangUp(second);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('after a failed transfer to a busy desk the consultation still works', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = refuses(486);
  const first = await talk(anna, '101', ABROAD);
  anna.refer(`<sip:103@${ACME}>`, first);
  await world.pass(300);
  const second = await talk(anna, '101', '102');
  anna.refer(replacing(second), first);
  await world.pass(500);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  bert.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who is asked and has not answered yet is called for who is transferred, by the same rights', async () => {
  const first = await talk(anna, '101', '102');
  carrier.manner = rings;
  const second = await talk(anna, '101', ABROAD);
  expect(second.status).toBeUndefined();
  const refer = anna.refer(replacing(second, ABROAD), first);
  await world.pass(500);
  expect(refer.status).toBe(202);
  expect([second.status, carrier.calls[0]?.ended]).toEqual([480, true]);
  expect(carrier.calls).toHaveLength(2);
  carrier.answer();
  await world.pass(500);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect([first.ended, bert.call.ended]).toEqual([true, false]);
  await world.pass(5_000);
  bert.hangUp();
  await world.pass(200);
  expect(carrier.call.ended).toBe(true);
  const paid = world.charging.settled.filter(({ facts }) => facts.dialled === ABROAD);
  expect(paid.map(({ facts, answeredAtMs }) => [facts.link?.kind, answeredAtMs !== null])).toEqual([
    [undefined, false],
    ['transfer', true],
  ]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call of a colleague that rings can not be named by who transfers', async () => {
  const first = await talk(anna, '101', ABROAD);
  const carla = world.phone('acme', '103');
  bert.manner = rings;
  const ringing = await talk(carla, '103', '102');
  anna.refer(replacing(ringing), first);
  await world.pass(500);
  expect(anna.notified.at(-1)).toMatch(/^SIP\/2.0 481 /);
  expect([first.ended, bert.call.ended, ringing.status]).toEqual([false, false, undefined]);
  carla.cancel(ringing);
  anna.hangUp(first);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
