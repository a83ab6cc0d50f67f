import { beforeEach, expect, test } from 'vitest';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { sdpOf } from './fake-media';
import { NOTHING_LEFT, World } from './world';
import { type Manner, type Phone, refuses } from './world-phone';

const ABROAD = '+442079460018';
const LATE = { require: '100rel', supported: '100rel' };

let world: World;
let caller: Phone;
let carrier: Phone;

beforeEach(() => {
  world = new World();
  caller = world.phone('acme', '101');
  caller.isLate = true;
  carrier = world.carrier('carrier-b');
});

/** A carrier that offers in a reliable 183, and answers when it is told to. */
const offersEarly: Manner = (phone, transaction) => {
  transaction.respond(183, undefined, {
    headers: {
      contact: `<sip:${phone.name}>`,
      require: '100rel',
      rseq: '5',
      'content-type': 'application/sdp',
    },
    body: sdpOf('their-offer'),
  });
};

/** Calls without an offer, requiring reliable provisionals. */
function callLate() {
  return caller.dial(`101@acme.lab.test`, `${ABROAD}@acme.lab.test`, LATE);
}

const heardBy = (phone: Phone, method: string) =>
  phone.heard.filter((request) => request.method === method);

function inviteOf(phone: Phone): ServerTransaction {
  const { invite } = phone.call;
  if (!('respond' in invite)) throw new Error('not called');
  return invite;
}

/** 200 without SDP, as both have said what they say. */
function pickUp(phone: Phone): void {
  inviteOf(phone).respond(200, 'OK', { headers: { contact: `<sip:${phone.name}>` } });
}

test('a callee that offers in a reliable 18x is answered in the PRACK, and the 200 says no more of it', async () => {
  carrier.manner = offersEarly;
  const call = callLate();
  await world.pass(100);
  expect(heardBy(carrier, 'INVITE')[0]?.body).toHaveLength(0);
  expect(heardBy(carrier, 'INVITE')[0]?.headers('supported')).toContain('100rel');
  const [rung] = call.provisional;
  expect(rung?.status).toBe(183);
  expect(rung?.headers('require')).toEqual(['100rel']);
  expect(rung?.body.toString()).toContain('m=audio');
  // Not before the caller has answered.
  expect(heardBy(carrier, 'PRACK')).toEqual([]);
  caller.prack(call, sdpOf('our-answer'));
  await world.pass(100);
  const [prack] = heardBy(carrier, 'PRACK');
  expect(prack?.header('rack')).toBe('5 1 INVITE');
  expect(prack?.body.toString()).toContain('m=audio');
  const [session] = world.media.sessions.values();
  expect([session?.peers.size, session?.gate]).toEqual([2, 'early']);
  pickUp(carrier);
  await world.pass(100);
  expect(call.status).toBe(200);
  expect(call.final[0]?.body).toHaveLength(0);
  expect(session?.gate).toBe('open');
  await world.pass(10_000);
  caller.hangUp(call);
  await world.pass(100);
  expect(carrier.call.ended).toBe(true);
  expect(world.record(ABROAD).ratedSeconds).toBe(10);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a callee that rings without an offer is offered to in its 200, as ever', async () => {
  const call = callLate();
  await world.pass(100);
  expect(call.provisional).toEqual([]);
  carrier.answer();
  await world.pass(100);
  expect(call.status).toBe(200);
  expect(call.final[0]?.body.toString()).toContain('m=audio');
  caller.hangUp(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a PRACK without an answer ends the call with 488, and the callee is given up', async () => {
  carrier.manner = offersEarly;
  world.carrier('carrier-a').manner = refuses(500);
  const call = callLate();
  await world.pass(100);
  caller.prack(call);
  await world.pass(200);
  expect(call.status).toBe(488);
  expect(carrier.call.ended).toBe(true);
  expect(world.charging.paid).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('no PRACK at all ends the call, and no PRACK ever goes to the callee', async () => {
  carrier.manner = offersEarly;
  const call = callLate();
  await world.pass(33_000);
  expect(call.status).toBe(504);
  expect(heardBy(carrier, 'PRACK')).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who has a session with the caller can not be replaced by another route', async () => {
  carrier.manner = offersEarly;
  const other = world.carrier('carrier-a');
  const call = callLate();
  await world.pass(100);
  caller.prack(call, sdpOf('our-answer'));
  await world.pass(100);
  inviteOf(carrier).respond(503);
  await world.pass(200);
  expect(call.status).toBe(503);
  expect(other.calls).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a caller that gives up before its answer leaves nothing', async () => {
  carrier.manner = offersEarly;
  const call = callLate();
  await world.pass(100);
  caller.cancel(call);
  await world.pass(200);
  expect(call.status).toBe(487);
  expect(carrier.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('several phones of one extension are not asked to offer early: one answer is for one alone', async () => {
  const desks = ['desk', 'mobile'].map((name) => world.phone('acme', '102', name));
  const call = caller.dial('101@acme.lab.test', '102@acme.lab.test', LATE);
  await world.pass(100);
  for (const desk of desks) {
    expect(heardBy(desk, 'INVITE')[0]?.headers('supported')?.includes('100rel')).toBe(false);
  }
  caller.cancel(call);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
