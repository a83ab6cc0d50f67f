import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone } from './world-phone';

const ABROAD = '+442079460018';

let world: World;
let phone: Phone;

beforeEach(() => {
  world = new World();
  world.lets('acme', { announcesRefusals: true });
  phone = world.phone('acme', '101');
  world.carrier('carrier-b').manner = answers;
});

const call = (dialled = ABROAD) => phone.dial('101@acme.lab.test', `${dialled}@acme.lab.test`);

const early = () => phone.call.provisional.map(({ status, body }) => [status, body.length > 0]);

/** Lets what is played in the only session come to its end. */
async function saidToTheEnd(): Promise<void> {
  const [[sessionId, session] = []] = world.media.sessions;
  const [legId = ''] = session?.playing.keys() ?? [];
  world.media.endPlaying(sessionId ?? '', legId);
  await world.pass(100);
}

test('a phone without funds hears why before its 402, at no charge', async () => {
  world.charging.balances.set('Acme', 0n);
  call();
  await world.pass(300);
  expect(phone.call.status).toBeUndefined();
  expect(early()).toEqual([[183, true]]);
  expect(world.sounds.asked).toEqual(['insufficient-funds']);
  expect(world.media.played).toMatchObject([{ playback: { times: 1 } }]);
  await saidToTheEnd();
  expect(phone.call.status).toBe(402);
  expect(world.record(ABROAD)).toMatchObject({
    sipStatus: 402,
    refusal: { code: 'INSUFFICIENT_FUNDS' },
    ratedSeconds: 0,
  });
  expect(world.charging.paidBy('Acme')).toBe(0n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([
  ['8888', 404, 'not-in-service'],
  ['+33123456789', 403, 'not-allowed'],
])('a call to %s that gets no plan is explained before its %i', async (dialled, status, words) => {
  call(dialled);
  await world.pass(300);
  expect(world.sounds.asked).toEqual([words]);
  expect(early()).toEqual([[183, true]]);
  await saidToTheEnd();
  expect(phone.call.status).toBe(status);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('nobody listens for longer than 15 s', async () => {
  world.charging.balances.set('Acme', 0n);
  call();
  await world.pass(14_900);
  expect(phone.call.status).toBeUndefined();
  await world.pass(300);
  expect(phone.call.status).toBe(402);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test.each([ABROAD, '8888'])(
  'who hangs up on the words about %s is asked no more',
  async (dialled) => {
    world.charging.balances.set('Acme', 0n);
    call(dialled);
    await world.pass(300);
    phone.cancel();
    await world.pass(300);
    expect(phone.call.status).toBe(487);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('a tenant that does not want it is refused at once', async () => {
  world.lets('acme', { announcesRefusals: false });
  world.charging.balances.set('Acme', 0n);
  call();
  await world.pass(300);
  expect(phone.call.status).toBe(402);
  expect(early()).toEqual([]);
});

test('a trunk hears nothing but its status', async () => {
  const carrier = world.carrier('carrier-a');
  carrier.dial('+442079460000@carrier-a', '+19995550100@switch');
  await world.pass(300);
  expect(carrier.call.status).toBe(404);
  expect(world.media.played).toEqual([]);
});

test('whoever makes no offer is refused at once', async () => {
  world.charging.balances.set('Acme', 0n);
  phone.isLate = true;
  call();
  await world.pass(300);
  expect(phone.call.status).toBe(402);
});

test('a machine that is refused again and again takes no more than eight port pairs', async () => {
  world.charging.balances.set('Acme', 0n);
  for (let count = 0; count < 12; count += 1) call();
  await world.pass(500);
  const waiting = phone.calls.filter(({ status }) => status === undefined);
  expect(waiting).toHaveLength(8);
  expect(phone.calls.filter(({ status }) => status === 402)).toHaveLength(4);
  await world.pass(15_500);
  expect(phone.calls.every(({ status }) => status === 402)).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('words that can not be had are a tone', async () => {
  world.sounds.announcement = async () => null;
  world.charging.balances.set('Acme', 0n);
  call();
  await world.pass(300);
  expect(world.media.played).toMatchObject([
    { playback: { sound: { kind: 'tone', steps: [{ frequenciesHz: [480, 620] }, {}] }, times: 8 } },
  ]);
  await world.pass(16_000);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('an offer that we can not answer is refused as it would have been', async () => {
  world.media.unusable = () => true;
  world.charging.balances.set('Acme', 0n);
  call();
  await world.pass(300);
  expect(phone.call.status).toBe(402);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
