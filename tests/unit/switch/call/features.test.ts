import { beforeEach, expect, test } from 'vitest';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone } from './world-phone';

let world: World;
let phone: Phone;

beforeEach(() => {
  world = new World();
  phone = world.phone('acme', '101');
});

const call = () => phone.dial('101@acme.lab.test', '*43@acme.lab.test');

/** Lets what is played come to its end. */
async function saidToTheEnd(): Promise<void> {
  const [[sessionId, session] = []] = world.media.sessions;
  const [legId = ''] = session?.playing.keys() ?? [];
  world.media.endPlaying(sessionId ?? '', legId);
  await world.pass(100);
}

test('the echo test answers, says what it is, and lets the caller hear itself, free', async () => {
  call();
  await world.pass(300);
  expect(phone.call.status).toBe(200);
  expect(world.sounds.asked).toEqual(['echo-test']);
  expect(world.media.played).toMatchObject([{ playback: { times: 1 } }]);
  await saidToTheEnd();
  expect(world.media.played.at(-1)?.playback).toEqual({ sound: { kind: 'echo' }, times: null });
  await world.pass(30_000);
  phone.hangUp();
  await world.pass(300);
  expect(world.record('*43')).toMatchObject({
    sipStatus: 200,
    attempts: 0,
    facts: { callClass: 'internal', payerAccountId: null, toNumber: '*43' },
  });
  expect(world.charging.paidBy('Acme')).toBe(0n);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('nobody listens to himself for longer than ten minutes', async () => {
  call();
  await world.pass(300);
  await world.pass(599_000);
  expect(phone.call.ended).toBe(false);
  await world.pass(2_000);
  expect(phone.call.ended).toBe(true);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a caller that wants to be offered something is refused: there is nobody to offer', async () => {
  phone.isLate = true;
  call();
  await world.pass(300);
  expect(phone.call.status).toBe(488);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a code behind which there is nothing is a number that is not known', async () => {
  phone.dial('101@acme.lab.test', '*44@acme.lab.test');
  await world.pass(300);
  expect(phone.call.status).toBe(404);
});

test('a call that is sent on to a code finds nobody there', async () => {
  world.forwards('acme', '102', { always: '*43' });
  const colleague = world.phone('acme', '102');
  colleague.manner = answers;
  phone.dial('101@acme.lab.test', '102@acme.lab.test');
  await world.pass(300);
  expect(phone.call.status).toBe(480);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
