import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, type PhoneCall } from './world-phone';

const ABROAD = '+442079460018';
const ACME = 'acme.lab.test';

let world: World;
let anna: Phone;
let mobile: Phone;
let carrier: Phone;

beforeEach(() => {
  world = new World();
  anna = world.phone('acme', '101');
  mobile = world.phone('acme', '101', 'mobile');
  carrier = world.carrier('carrier-b');
  carrier.manner = answers;
});

async function talk(): Promise<PhoneCall> {
  const call = anna.dial(`101@${ACME}`, `${ABROAD}@${ACME}`);
  await world.pass(200);
  expect(call.status).toBe(200);
  return call;
}

function nameOf(call: PhoneCall, more = ''): string {
  const { dialog } = call;
  if (!dialog) throw new Error('no dialog');
  return `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}${more}`;
}

/** The mobile asks for a call's place. */
async function take(replaces: string, from = `101@${ACME}`): Promise<PhoneCall> {
  const call = mobile.dial(from, `101@${ACME}`, { replaces, require: 'replaces' });
  await world.pass(500);
  return call;
}

test('a phone takes the place of another of its house; the far side stays and is paid to the end', async () => {
  const first = await talk();
  const taken = await take(nameOf(first));
  expect(taken.status).toBe(200);
  expect(first.ended).toBe(true);
  expect(carrier.call.ended).toBe(false);
  const [session] = world.media.sessions.values();
  expect(session?.peers.size).toBe(2);
  await world.pass(41_000);
  mobile.hangUp();
  await world.pass(200);
  expect(carrier.call.ended).toBe(true);
  const paid = world.record(ABROAD);
  expect(paid).toMatchObject({ hungUpBy: 'caller', ratedSeconds: 42 });
  expect(world.record('101').facts).toMatchObject({
    hops: [],
    link: { callId: paid.callId, kind: 'pickup' },
  });
  expect(world.charging.paidBy('Acme')).toBe(14_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the place of a talking leg is not given to who wants an early one', async () => {
  const first = await talk();
  expect((await take(nameOf(first, ';early-only'))).status).toBe(486);
  expect(first.ended).toBe(false);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a dialog of another tenant is not there, though Call-ID and tags are right', async () => {
  const first = await talk();
  world.phone('birch', '101', 'stranger');
  const call = mobile.dial('101@birch.lab.test', '101@birch.lab.test', {
    replaces: nameOf(first),
  });
  await world.pass(500);
  expect(call.status).toBe(481);
  expect([first.ended, carrier.call.ended]).toEqual([false, false]);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test("a carrier can name nothing, and a carrier's leg can not be named", async () => {
  const first = await talk();
  expect((await take(nameOf(carrier.call))).status).toBe(481);
  const other = world.carrier('carrier-a');
  const call = other.dial(`1@carrier-a`, '+12025550101@switch', { replaces: nameOf(first) });
  await world.pass(500);
  expect(call.status).toBe(481);
  expect(first.ended).toBe(false);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  ['malformed', 'nonsense', 400],
  ['of no dialog', 'nobody;to-tag=a;from-tag=b', 481],
])('a Replaces that is %s is refused', async (_what, replaces, status) => {
  expect((await take(replaces)).status).toBe(status);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a far side that refuses leaves the call where it was', async () => {
  const first = await talk();
  carrier.reinviteStatus = 488;
  expect((await take(nameOf(first))).status).toBe(488);
  expect([first.ended, carrier.call.ended]).toEqual([false, false]);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who gives up asking, or is left by the far side meanwhile, leaves nothing behind', async () => {
  const first = await talk();
  carrier.reinviteStatus = 0;
  const call = mobile.dial(`101@${ACME}`, `101@${ACME}`, { replaces: nameOf(first) });
  await world.pass(100);
  mobile.cancel(call);
  await world.pass(100);
  expect(call.status).toBe(487);
  expect(first.ended).toBe(false);
  mobile.dial(`101@${ACME}`, `101@${ACME}`, { replaces: nameOf(first) });
  await world.pass(100);
  carrier.hangUp();
  await world.pass(1_000);
  expect(first.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
