import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Manner, type Phone, refuses, rings } from './world-phone';

let world: World;
let caller: Phone;

beforeEach(() => {
  world = new World();
  caller = world.phone('acme', '101');
});

function dial(to: string): void {
  caller.dial('101@acme.lab.test', `${to}@acme.lab.test`);
}

test('a call that is always sent on rings nobody on the way and is paid by who sends it on', async () => {
  const carrier = world.carrier('carrier-b');
  const desk = world.phone('acme', '102');
  carrier.manner = answers;
  world.forwards('acme', '102', { always: '+442079460018' });
  dial('102');
  await world.pass(200);
  expect(caller.call.provisional.map((each) => each.status)).toContain(181);
  expect(caller.call.status).toBe(200);
  expect(desk.calls).toHaveLength(0);
  expect(carrier.heard[0]?.uri).toBe('sip:+442079460018@carrier-b:5060');
  expect(carrier.heard[0]?.maxForwards).toBeLessThan(69);
  await world.pass(2_000);
  caller.hangUp();
  await world.pass(100);
  const [own, forwarded] = [world.record('102'), world.record('+442079460018')];
  expect(own.facts.hops).toEqual([]);
  expect(own).toMatchObject({ hungUpBy: 'caller', sipStatus: 200, trunkId: null });
  expect(forwarded).toMatchObject({
    hungUpBy: 'caller',
    sipStatus: 200,
    trunkId: 'trunk carrier-b',
  });
  expect(forwarded.facts).toMatchObject({
    fromExtensionId: 'Acme 102',
    payerAccountId: 'Acme',
    link: { callId: own.callId, kind: 'forward' },
  });
  expect(world.charging.paidBy('Acme')).toBe(10_000n);
  expect(carrier.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('nobody is dialled for a forward before its payer has reserved for it', async () => {
  const carrier = world.carrier('carrier-b');
  carrier.manner = answers;
  world.charging.balances.set('Acme', 100n);
  world.forwards('acme', '102', { always: '+442079460018' });
  dial('102');
  await world.pass(500);
  expect(carrier.heard).toEqual([]);
  expect(caller.call.status).toBe(480);
  expect(world.record('+442079460018').refusal?.code).toBe('INSUFFICIENT_FUNDS');
  expect(world.charging.paid).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a forward has the rights of who forwards, and a refusal names no funds or rights to the caller', async () => {
  world.phone('acme', '102').manner = refuses(486);
  world.forwards('acme', '102', { busy: '+33142685300' });
  dial('102');
  await world.pass(500);
  expect(caller.call.status).toBe(486);
  expect(caller.call.final[0]?.header('x-tollbridge-reason')).toBeUndefined();
  expect(world.record('+33142685300').refusal?.code).toBe('DESTINATION_BLOCKED');
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('busy, no answer and unreachable each go their own way', async () => {
  const desk = world.phone('acme', '102');
  const others = ['103', '104', '105'].map((number) => world.phone('acme', number));
  for (const phone of others) phone.manner = answers;
  world.forwards('acme', '102', {
    busy: '103',
    noAnswer: '104',
    unreachable: '105',
    noAnswerSeconds: 5,
  });
  world.forwards('acme', '106', { unreachable: '105' });

  desk.manner = refuses(486);
  dial('102');
  await world.pass(200);
  caller.hangUp();
  desk.manner = rings;
  dial('102');
  await world.pass(4_900);
  expect(caller.call.status).toBeUndefined();
  await world.pass(400);
  expect(desk.call.ended).toBe(true);
  caller.hangUp();
  dial('106');
  await world.pass(200);
  caller.hangUp();
  await world.pass(100);
  expect(others.map((phone) => phone.calls.length)).toEqual([1, 1, 1]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a forward that comes back to who sent it on ends as a loop, and rings nobody for ever', async () => {
  world.forwards('acme', '102', { always: '103' });
  world.forwards('acme', '103', { always: '102' });
  dial('102');
  await world.pass(500);
  expect(caller.call.status).toBe(482);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a chain of more than five forwards leads nowhere', async () => {
  for (let number = 102; number <= 108; number += 1) {
    world.forwards('acme', String(number), { always: String(number + 1) });
  }
  const last = world.phone('acme', '109');
  last.manner = answers;
  dial('103');
  await world.pass(500);
  expect(caller.call.status).toBe(480);
  expect(last.calls).toEqual([]);
  dial('104');
  await world.pass(500);
  expect(caller.call.status).toBe(200);
  caller.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a caller who gives up while the forward rings takes every call of the chain along', async () => {
  const carrier = world.carrier('carrier-b');
  world.forwards('acme', '102', { always: '103' });
  world.forwards('acme', '103', { always: '+442079460018' });
  dial('102');
  await world.pass(300);
  expect(carrier.call.ended).toBe(false);
  caller.cancel();
  await world.pass(300);
  expect(caller.call.status).toBe(487);
  expect(carrier.call.ended).toBe(true);
  expect(world.charging.settled.map((each) => each.sipStatus)).toEqual([487, 487, 487]);
  expect(world.charging.paid).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a caller who gives up while the forward is being reserved leaves nothing held', async () => {
  const carrier = world.carrier('carrier-b');
  world.forwards('acme', '102', { always: '+442079460018' });
  let release: () => void = () => {};
  const reserved = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.charging.delay = async ({ facts }) => {
    if (facts.link) await reserved;
  };
  dial('102');
  await world.pass(100);
  caller.cancel();
  await world.pass(100);
  release();
  await world.pass(100);
  expect(carrier.heard).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('when the money of the forward is spent both calls end, and nobody pays more than was granted', async () => {
  const carrier = world.carrier('carrier-b');
  carrier.manner = answers;
  // 0.02 a minute, 30/6: good for 36 seconds.
  world.charging.balances.set('Acme', 12_000n);
  world.forwards('acme', '102', { always: '+442079460018' });
  dial('102');
  await world.pass(60_000);
  expect(caller.call.ended).toBe(true);
  expect(carrier.call.ended).toBe(true);
  expect(world.charging.balances.get('Acme')).toBe(0n);
  expect(world.record('+442079460018')).toMatchObject({ q850Cause: 21, ratedSeconds: 36 });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call from a carrier to a number is sent on at the expense of its extension', async () => {
  const [from, to] = [world.carrier('carrier-a'), world.carrier('carrier-b')];
  to.manner = answers;
  world.forwards('acme', '101', { always: '+442079460018' });
  from.dial('+442079460000@carrier-a', '+12025550101@switch');
  await world.pass(500);
  expect(from.call.status).toBe(200);
  await world.pass(1_000);
  to.hangUp();
  await world.pass(100);
  expect(world.record('+12025550101')).toMatchObject({ hungUpBy: 'callee' });
  expect(world.record('+12025550101').facts.callClass).toBe('inbound');
  expect(world.record('+442079460018').facts.payerAccountId).toBe('Acme');
  expect(world.charging.paidBy('Acme')).toBe(10_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

const deflects =
  (contact: string): Manner =>
  (_phone, transaction) =>
    transaction.respond(302, undefined, { headers: { contact } });

test('a phone that says 302 sends the call on at the expense of its extension', async () => {
  const carrier = world.carrier('carrier-b');
  carrier.manner = answers;
  world.phone('acme', '102').manner = deflects('<sip:+442079460018@acme.lab.test>');
  dial('102');
  await world.pass(300);
  expect(caller.call.status).toBe(200);
  await world.pass(1_000);
  caller.hangUp();
  await world.pass(100);
  expect(world.record('+442079460018').facts).toMatchObject({
    fromExtensionId: 'Acme 102',
    payerAccountId: 'Acme',
    link: { kind: 'forward' },
  });
  expect(world.charging.paidBy('Acme')).toBe(10_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each(['<sip:103@birch.lab.test>', '<sip:900@203.0.113.9>', 'nonsense'])(
  'a 302 to %s is not followed',
  async (contact) => {
    const stranger = world.phone('birch', '103');
    world.phone('acme', '102').manner = deflects(contact);
    dial('102');
    await world.pass(300);
    expect(caller.call.status).toBe(480);
    expect(stranger.calls).toEqual([]);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('a 302 without funds for it reaches nobody', async () => {
  const carrier = world.carrier('carrier-b');
  world.charging.balances.set('Acme', 0n);
  world.phone('acme', '102').manner = deflects('<sip:+442079460018@acme.lab.test>');
  dial('102');
  await world.pass(300);
  expect(caller.call.status).toBe(480);
  expect(carrier.calls).toEqual([]);
  expect(world.record('+442079460018').refusal?.code).toBe('INSUFFICIENT_FUNDS');
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
