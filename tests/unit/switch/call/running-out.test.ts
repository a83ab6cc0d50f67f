import { beforeEach, expect, test } from 'vitest';
import { warningTone } from '@/lib/switch/sounds/tones';
import { NOTHING_LEFT, World } from './world';
import { answers, type Phone } from './world-phone';

const ABROAD = '+442079460018';

let world: World;
let phone: Phone;

beforeEach(() => {
  world = new World();
  phone = world.phone('acme', '101');
  world.carrier('carrier-b').manner = answers;
});

/** Seconds from the answer at which the caller was warned, and at which it was cut off. */
async function follow(balanceMicro: bigint, whileTalking: (second: number) => void = () => {}) {
  world.charging.balances.set('Acme', balanceMicro);
  phone.dial('101@acme.lab.test', `${ABROAD}@acme.lab.test`);
  await world.pass(300);
  expect(phone.call.status).toBe(200);
  const warnedAt: number[] = [];
  let seconds = 0;
  while (!phone.call.ended && seconds < 600) {
    const before = world.media.played.length;
    whileTalking(seconds);
    await world.pass(1_000);
    seconds += 1;
    for (const { playback } of world.media.played.slice(before)) {
      expect(playback).toEqual(warningTone());
      warnedAt.push(seconds);
    }
  }
  return { warnedAt, cutAt: seconds };
}

test.each([10_000n, 20_000n, 30_000n, 100_000n])(
  'whoever pays is warned before the last of %d micro-units is spent, and not earlier than a minute before',
  async (balanceMicro) => {
    const { warnedAt, cutAt } = await follow(balanceMicro);
    expect(warnedAt.length).toBeGreaterThanOrEqual(1);
    expect(warnedAt.length).toBeLessThanOrEqual(2);
    for (const second of warnedAt) expect(cutAt - second).toBeLessThanOrEqual(60);
    const last = cutAt - (warnedAt.at(-1) ?? 0);
    expect(last).toBeGreaterThanOrEqual(7);
    expect(last).toBeLessThanOrEqual(11);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('a top-up after the warning takes it back: the call goes on, and is warned anew when that ends', async () => {
  const { warnedAt, cutAt } = await follow(20_000n, (second) => {
    if (second === 45) world.charging.balances.set('Acme', 40_000n);
  });
  expect(cutAt).toBeGreaterThan(90);
  expect(warnedAt.slice(0, 2)).toEqual([40, 50]);
  expect(warnedAt.filter((second) => cutAt - second <= 11)).toHaveLength(1);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a call that nobody pays, and one that ends in time, hear nothing', async () => {
  world.phone('acme', '102').manner = answers;
  phone.dial('101@acme.lab.test', '102@acme.lab.test');
  await world.pass(100_000);
  phone.hangUp();
  await world.pass(300);
  phone.dial('101@acme.lab.test', `${ABROAD}@acme.lab.test`);
  await world.pass(15_000);
  phone.hangUp();
  await world.pass(60_000);
  expect(world.media.played).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});
