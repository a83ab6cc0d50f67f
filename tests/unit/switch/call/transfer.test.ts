import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, refuses, rings } from './world-phone';

const ABROAD = '+442079460018';

let world: World;
let anna: Phone;
let bert: Phone;
let carrierB: Phone;

beforeEach(() => {
  world = new World();
  anna = world.phone('acme', '101');
  bert = world.phone('acme', '102');
  carrierB = world.carrier('carrier-b');
  bert.manner = answers;
  carrierB.manner = answers;
});

/** Anna (101) calls somebody and talks. */
async function talk(to: string): Promise<void> {
  anna.dial('101@acme.lab.test', `${to}@acme.lab.test`);
  await world.pass(200);
  expect(anna.call.status).toBe(200);
}

const to = (user: string): string => `<sip:${user}@acme.lab.test>`;
const connections = (): number =>
  [...world.media.sessions.values()].reduce((sum, { peers }) => sum + peers.size, 0);

test('a blind transfer connects the far side with the target, and both pay their own way to the end', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = answers;
  await talk(ABROAD);
  await world.pass(1_000);
  const refer = anna.refer(to('103'));
  await world.pass(500);
  expect(refer.status).toBe(202);
  expect(anna.notified).toEqual([
    'SIP/2.0 100 Trying (active)',
    'SIP/2.0 180 Ringing (active)',
    'SIP/2.0 200 OK (terminated)',
  ]);
  expect(anna.call.ended).toBe(true);
  expect(carrierB.call.ended).toBe(false);
  expect(carrierB.methods()).toContain('INVITE');
  expect(connections()).toBe(2);
  await world.pass(40_000);
  carla.hangUp();
  await world.pass(200);
  expect(carrierB.call.ended).toBe(true);
  const [first, second] = [world.record(ABROAD), world.record('103')];
  expect(second.facts.link).toEqual({ callId: first.callId, kind: 'transfer' });
  expect(second).toMatchObject({ hungUpBy: 'callee', sipStatus: 200 });
  // Who took the caller's place hung up; the leg to the carrier is paid until then.
  expect(first).toMatchObject({ hungUpBy: 'caller', ratedSeconds: 42 });
  expect(world.charging.paidBy('Acme')).toBe(14_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a transfer to the outside is priced on who transfers, before anybody is dialled', async () => {
  await talk('102');
  bert.refer(to(ABROAD));
  await world.pass(300);
  expect(bert.call.ended).toBe(true);
  // The call that was transferred is free and younger than its note.
  expect(world.charging.holds.map(({ request, ok }) => [request.facts.dialled, ok])).toEqual([
    [ABROAD, true],
  ]);
  await world.pass(2_000);
  anna.hangUp();
  await world.pass(100);
  expect(world.record(ABROAD).facts).toMatchObject({
    fromExtensionId: 'Acme 102',
    payerAccountId: 'Acme',
  });
  expect(world.record(ABROAD)).toMatchObject({ hungUpBy: 'caller', trunkId: 'trunk carrier-b' });
  expect(world.charging.paidBy('Acme')).toBe(10_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  { why: 'without funds', balance: 0n, target: ABROAD, status: 402 },
  { why: 'without the right', balance: 1_000_000n, target: '+33142685300', status: 403 },
  { why: 'to what is no number', balance: 1_000_000n, target: 'nonsense', status: 404 },
])('a transfer $why is refused and the call goes on', async ({ balance, target, status }) => {
  await talk('102');
  world.charging.balances.set('Acme', balance);
  bert.refer(to(target));
  await world.pass(300);
  expect(bert.notified.at(-1)).toMatch(new RegExp(`^SIP/2.0 ${status} .*\\(terminated\\)$`));
  expect(carrierB.calls).toEqual([]);
  expect([anna.call.ended, bert.call.ended]).toEqual([false, false]);
  expect(connections()).toBe(2);
  expect(world.record(target).refusal).not.toBeNull();
  bert.hangUp();
  await world.pass(100);
  expect(world.charging.paid).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a target that is busy leaves the call as it was, and another transfer may follow', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = refuses(486);
  await talk('102');
  bert.refer(to('103'));
  await world.pass(300);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 486 Busy Here (terminated)');
  expect([anna.call.ended, bert.call.ended]).toEqual([false, false]);
  carla.manner = answers;
  bert.refer(to('103'));
  await world.pass(300);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  const events = bert.heard.filter(({ method }) => method === 'NOTIFY');
  expect(events[0]?.header('event')).toBe('refer');
  expect(events.at(-1)?.header('event')).toMatch(/^refer;id=\d+$/);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a second REFER while one is under way is told to wait, and nobody is dialled twice', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = rings;
  await talk('102');
  const first = bert.refer(to('103'));
  const second = bert.refer(to('103'));
  const other = anna.refer(to('103'));
  await world.pass(300);
  expect([first.status, second.status, other.status]).toEqual([202, 491, 491]);
  expect(carla.calls).toHaveLength(1);
  anna.hangUp();
  await world.pass(300);
  expect(carla.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who transfers may hang up at once: the target answers whoever is left', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = rings;
  await talk(ABROAD);
  anna.refer(to('103'));
  anna.hangUp();
  await world.pass(3_000);
  expect(carrierB.call.ended).toBe(false);
  carla.answer();
  await world.pass(1_000);
  expect(connections()).toBe(2);
  carrierB.hangUp();
  await world.pass(200);
  expect(carla.call.ended).toBe(true);
  expect(world.record('103')).toMatchObject({ hungUpBy: 'caller', sipStatus: 200 });
  expect(world.record(ABROAD)).toMatchObject({ hungUpBy: 'callee', sipStatus: 200 });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who transferred and left gets nobody back: a target that refuses ends the call for who is left', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = rings;
  await talk(ABROAD);
  anna.refer(to('103'));
  anna.hangUp();
  await world.pass(1_000);
  const { invite } = carla.call;
  if ('respond' in invite) invite.respond(486);
  await world.pass(300);
  expect(carrierB.call.ended).toBe(true);
  expect(world.record(ABROAD).ratedSeconds).toBeGreaterThan(0);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('when the far side leaves during a transfer nobody is left ringing or held', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = rings;
  await talk(ABROAD);
  anna.refer(to('103'));
  await world.pass(200);
  carrierB.hangUp();
  await world.pass(300);
  expect(anna.call.ended).toBe(true);
  expect(carla.call.ended).toBe(true);
  expect(world.record('103')).toMatchObject({ answeredAtMs: null, ratedSeconds: 0 });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('who hangs up while the transfer is being reserved leaves nothing held and nobody dialled', async () => {
  let release: () => void = () => {};
  const reserved = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.charging.delay = async ({ facts }) => {
    if (facts.link) await reserved;
  };
  await talk('102');
  bert.refer(to(ABROAD));
  await world.pass(100);
  anna.hangUp();
  await world.pass(100);
  release();
  await world.pass(200);
  expect(carrierB.calls).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('the end of the money of either call ends both', async () => {
  // 0.02 a minute, 30/6: 72 seconds on one wallet for two calls.
  world.charging.balances.set('Acme', 24_000n);
  const other = world.carrier('carrier-a');
  other.manner = answers;
  await talk(ABROAD);
  await world.pass(1_000);
  anna.refer(to('+442079460019'));
  await world.pass(120_000);
  expect(anna.call.ended).toBe(true);
  expect(carrierB.calls.map(({ ended }) => ended)).toEqual([true, true]);
  expect(world.charging.balances.get('Acme')).toBeGreaterThanOrEqual(0n);
  expect(world.record(ABROAD).hungUpBy).toBe('switch');
  expect(world.record('+442079460019').hungUpBy).toBe('switch');
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a transferred party may transfer in its turn; a call of which nobody is left ends then', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = answers;
  await talk('102');
  bert.refer(to(ABROAD));
  await world.pass(300);
  anna.refer(to('103'));
  await world.pass(300);
  expect(anna.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect(anna.call.ended).toBe(true);
  // Anna and Bert have both left what was their call.
  expect(world.charging.settled.map(({ facts }) => facts.dialled)).toEqual(['102']);
  await world.pass(1_000);
  carrierB.hangUp();
  await world.pass(200);
  expect(carla.call.ended).toBe(true);
  expect(world.record('103')).toMatchObject({ hungUpBy: 'caller' });
  expect(world.record(ABROAD)).toMatchObject({ hungUpBy: 'callee' });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('early media of the target is heard by who is transferred, who is not heard before the answer', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = (phone, transaction) => {
    transaction.respond(183, undefined, {
      headers: { contact: `<sip:${phone.name}>`, 'content-type': 'application/sdp' },
      body: Buffer.from(
        'v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nc=IN IP4 a\r\nt=0 0\r\nm=audio 4 RTP/AVP 0\r\n',
      ),
    });
  };
  await talk('102');
  bert.refer(to('103'));
  await world.pass(300);
  const [session] = world.media.sessions.values();
  // Anna and Bert are still connected both ways; Carla is heard on top, and hears nobody.
  expect([...(session?.peers.values() ?? [])]).toHaveLength(3);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 183 Session Progress (active)');
  const { invite } = carla.call;
  if ('respond' in invite) invite.respond(480);
  await world.pass(300);
  expect(connections()).toBe(2);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  ['no Refer-To', { 'refer-to': '' }, 400],
  ['another method', { 'refer-to': '<sip:103@acme.lab.test;method=BYE>' }, 400],
  ['a Replaces that is none', { 'refer-to': '<sip:103@acme.lab.test?Replaces=x>' }, 400],
])('a REFER with %s is refused and changes nothing', async (_what, headers, status) => {
  await talk('102');
  const refer = bert.refer('', bert.call, headers);
  await world.pass(300);
  expect(refer.status).toBe(status);
  expect(bert.notified).toEqual([]);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a carrier that asks for a transfer is declined: nobody pays for what others wish', async () => {
  const carla = world.phone('acme', '103');
  await talk(ABROAD);
  const refer = carrierB.refer(to('103'));
  await world.pass(300);
  expect(refer.status).toBe(603);
  expect(carla.calls).toEqual([]);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('without a subscription (RFC 4488) nothing is notified, and the transfer works', async () => {
  const carla = world.phone('acme', '103');
  carla.manner = answers;
  await talk('102');
  bert.refer(to('103'), bert.call, { 'refer-sub': 'false' });
  await world.pass(300);
  expect(bert.notified).toEqual([]);
  expect(bert.call.ended).toBe(true);
  anna.hangUp();
  await world.pass(300);
  expect(carla.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('an extension of another tenant is no target, though its number is the same', async () => {
  const stranger = world.phone('birch', '103');
  await talk('102');
  bert.refer('<sip:103@birch.lab.test>');
  await world.pass(300);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 404 Not Found (terminated)');
  expect(stranger.calls).toEqual([]);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
