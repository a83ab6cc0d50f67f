import { beforeEach, expect, test } from 'vitest';
import { sdpOf } from './fake-media';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone, refuses, rings } from './world-phone';

const ABROAD = '+442079460018';
const ACME = 'acme.lab.test';

let world: World;
let anna: Phone;
let bert: Phone;
let carla: Phone;
let carrierB: Phone;

beforeEach(() => {
  world = new World();
  anna = world.phone('acme', '101');
  bert = world.phone('acme', '102');
  carla = world.phone('acme', '103');
  carrierB = world.carrier('carrier-b');
  bert.manner = answers;
  carla.manner = answers;
  carrierB.manner = answers;
});

async function talk(to: string): Promise<void> {
  anna.dial(`101@${ACME}`, `${to}@${ACME}`);
  await world.pass(200);
  expect(anna.call.status).toBe(200);
}

const to = (user: string): string => `<sip:${user}@${ACME}>`;

test('a held call can be transferred: its target hears who was held, not the hold', async () => {
  await talk('102');
  const { dialog } = bert.call;
  if (!dialog) throw new Error('no dialog');
  const hold = dialog.request('INVITE', {
    headers: { 'content-type': 'application/sdp', contact: '<sip:acme-102>' },
    body: sdpOf('acme-102', 'sendonly'),
  });
  bert.layer.request(hold, world.network.flow('acme-102', 'switch'), {
    onResponse: (response) => {
      if (response.status === 200) {
        bert.layer.send(
          dialog.ack(response.cseq.sequence),
          world.network.flow('acme-102', 'switch'),
        );
      }
    },
    onFailure: () => {},
  });
  await world.pass(300);
  anna.heard.length = 0;
  bert.refer(to('103'));
  await world.pass(500);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  const invite = carla.heard.find(({ method }) => method === 'INVITE');
  expect(invite?.body.toString()).not.toMatch(/a=(sendonly|recvonly|inactive)/);
  // Who was held is told that it is no more.
  const reinvite = anna.heard.find(({ method }) => method === 'INVITE');
  expect(reinvite?.body.toString()).not.toMatch(/a=(sendonly|recvonly|inactive)/);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a REFER to itself rings its own phone again, and the call is its again when it answers', async () => {
  await talk('102');
  const first = bert.call;
  bert.refer(to('102'));
  await world.pass(500);
  expect(bert.calls).toHaveLength(2);
  expect([first.ended, bert.call.ended, anna.call.ended]).toEqual([true, false, false]);
  anna.hangUp();
  await world.pass(200);
  expect(bert.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a REFER to whom one talks to connects nobody with himself: the call goes on', async () => {
  await talk('102');
  anna.manner = refuses(486);
  bert.refer(to('101'));
  await world.pass(500);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 486 Busy Here (terminated)');
  expect([anna.calls[0]?.ended, bert.call.ended]).toEqual([false, false]);
  bert.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a transfer to a forwarded extension goes on at the expense of who forwards', async () => {
  world.forwards('acme', '103', { always: ABROAD });
  await talk('102');
  bert.refer(to('103'));
  await world.pass(500);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 200 OK (terminated)');
  expect(carla.calls).toEqual([]);
  await world.pass(3_000);
  anna.hangUp();
  await world.pass(200);
  expect(carrierB.call.ended).toBe(true);
  const [transferred, forwarded] = [world.record('103'), world.record(ABROAD)];
  expect(transferred.facts).toMatchObject({ fromExtensionId: 'Acme 102', hops: [] });
  expect(forwarded.facts).toMatchObject({
    fromExtensionId: 'Acme 103',
    link: { callId: transferred.callId, kind: 'forward' },
  });
  expect(world.charging.paidBy('Acme')).toBe(10_000n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a transfer to an extension that forwards to who is transferred comes to an end', async () => {
  world.forwards('acme', '103', { always: '101' });
  anna.manner = refuses(486);
  await talk('102');
  bert.refer(to('103'));
  await world.pass(500);
  expect(bert.notified.at(-1)).toBe('SIP/2.0 486 Busy Here (terminated)');
  expect(bert.call.ended).toBe(false);
  bert.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('two extensions that forward to each other end a transfer with a refusal, not a circle', async () => {
  world.forwards('acme', '103', { always: '104' });
  world.forwards('acme', '104', { always: '103' });
  await talk('102');
  bert.refer(to('103'));
  await world.pass(1_000);
  expect(bert.notified.at(-1)).toMatch(/^SIP\/2.0 48[02] .*\(terminated\)$/);
  expect([anna.call.ended, bert.call.ended]).toEqual([false, false]);
  anna.hangUp();
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  ['while the forwarded target rings', 300],
  ['before anything rang', 5],
])(
  'a forwarded call that is cancelled %s leaves nobody ringing and nothing held',
  async (_when, afterMs) => {
    world.forwards('acme', '102', { always: ABROAD });
    carrierB.manner = rings;
    const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
    await world.pass(afterMs);
    anna.cancel(call);
    await world.pass(1_000);
    expect(call.status).toBe(487);
    expect(carrierB.calls.every(({ ended }) => ended)).toBe(true);
    expect(world.charging.paid).toEqual([]);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('who cancels while the answer of the forwarded target is on its way is not charged for it', async () => {
  world.forwards('acme', '102', { noAnswer: ABROAD });
  bert.manner = rings;
  carrierB.manner = rings;
  const call = anna.dial(`101@${ACME}`, `102@${ACME}`);
  await world.pass(21_000);
  anna.cancel(call);
  carrierB.answer();
  await world.pass(1_000);
  expect(call.status).toBe(487);
  expect(carrierB.call.ended).toBe(true);
  expect(world.charging.paid).toEqual([]);
  expect(world.record(ABROAD)).toMatchObject({ answeredAtMs: null, ratedSeconds: 0 });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
