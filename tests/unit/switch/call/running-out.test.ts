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

/** What a minute abroad costs. */
const MINUTE = 20_000n;

test.each([
  // Billed by six seconds. Whole slices as well as parts of them: where the last one ends is known beforehand.
  ['a minute', MINUTE, 60],
  ['72 seconds', (MINUTE * 5n) / 4n - 1n, 72],
  ['two minutes', MINUTE * 2n, 120],
  ['130 seconds', 43_700n, 126],
  ['eight minutes', MINUTE * 8n, 480],
])(
  'whoever has funds for %s is warned a minute before their end and ten seconds before',
  async (...[, funds, seconds]) => {
    const { warnedAt, cutAt } = await follow(funds);
    expect(cutAt).toBe(seconds);
    expect(warnedAt).toEqual([Math.max(2, seconds - 60), seconds - 10]);
    expect(await world.leftovers()).toEqual(NOTHING_LEFT);
  },
);

test('whoever has less than a minute hears it at once', async () => {
  expect(await follow(MINUTE / 2n)).toEqual({ warnedAt: [2, 20], cutAt: 30 });
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('of two that talk from the same funds each is warned in time, and not over and over', async () => {
  const [other] = [world.phone('acme', '102')];
  world.charging.balances.set('Acme', MINUTE * 5n);
  const warnedAt = new Map<string, number[]>();
  const cutAt = new Map<string, number>();
  const calls = [phone, other].map((each, index) => {
    each.dial(`10${index + 1}@acme.lab.test`, `${ABROAD}@acme.lab.test`);
    return each;
  });
  await world.pass(300);
  const legs = calls.map(({ call }) => call);
  for (let second = 1; second <= 400 && legs.some(({ ended }) => !ended); second += 1) {
    const before = world.media.played.length;
    await world.pass(1_000);
    for (const { legId } of world.media.played.slice(before)) {
      warnedAt.set(legId, [...(warnedAt.get(legId) ?? []), second]);
    }
    for (const [index, leg] of legs.entries()) {
      if (leg.ended && !cutAt.has(String(index))) cutAt.set(String(index), second);
    }
  }
  expect(warnedAt.size).toBe(2);
  for (const times of warnedAt.values()) {
    const first = times[0] ?? 0;
    expect(times.length).toBeLessThanOrEqual(3);
    expect(Math.min(...cutAt.values()) - first).toBeGreaterThanOrEqual(40);
  }
  expect(await world.leftovers()).toEqual(NOTHING_LEFT);
});

test('a top-up after the warning takes it back: the call goes on, and is warned anew when that ends', async () => {
  const { warnedAt, cutAt } = await follow(MINUTE * 2n, (second) => {
    if (second === 65) world.charging.balances.set('Acme', MINUTE * 4n);
  });
  expect(cutAt).toBe(240);
  expect(warnedAt[0]).toBe(60);
  expect(warnedAt.slice(-2)).toEqual([180, 230]);
  expect(warnedAt.length).toBeLessThanOrEqual(4);
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
