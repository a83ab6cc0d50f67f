import { expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { PortPool } from '@/lib/switch/media/relay/port-pool';

function poolOf(min: number, max: number): { pool: PortPool; clock: ManualClock } {
  const clock = new ManualClock();
  const pool = new PortPool({
    min,
    max,
    quarantineMs: 10_000,
    monotonicMs: () => clock.monotonicMs(),
    randomBelow: (bound) => bound - 1,
  });
  return { pool, clock };
}

test('pairs start at even ports and lie within the range', () => {
  const { pool } = poolOf(22_001, 22_006);
  expect([pool.take(), pool.take(), pool.take()].sort()).toEqual([22_002, 22_004, null]);
});

test('a freed pair rests before it is used again', () => {
  const { pool, clock } = poolOf(22_000, 22_001);
  expect(pool.take()).toBe(22_000);
  pool.giveBack(22_000);
  expect([pool.take(), pool.quarantined, pool.free]).toEqual([null, 1, 0]);
  clock.advance(9_999);
  expect(pool.take()).toBeNull();
  clock.advance(1);
  expect([pool.take(), pool.quarantined, pool.inUse]).toEqual([22_000, 0, 1]);
});

test('every pair is handed out once, whatever the dice say', () => {
  const throws = [0.9, 0, 0.5, 0.3, 0.99];
  let next = 0;
  const pool = new PortPool({
    min: 22_000,
    max: 22_019,
    quarantineMs: 0,
    monotonicMs: () => 0,
    randomBelow: (bound) => {
      next += 1;
      return Math.floor((throws[next % throws.length] ?? 0) * bound);
    },
  });
  const ports = Array.from({ length: 10 }, () => pool.take());
  expect(new Set(ports).size).toBe(10);
  expect(pool.take()).toBeNull();
});

test('which pair comes next is the word of the dice, not of the one before', () => {
  const drawn = (randomBelow: (bound: number) => number) => {
    const pool = new PortPool({
      min: 22_000,
      max: 22_199,
      quarantineMs: 0,
      monotonicMs: () => 0,
      randomBelow,
    });
    return Array.from({ length: 5 }, () => pool.take());
  };
  const low = drawn(() => 0);
  const high = drawn((bound) => bound - 1);
  const middle = drawn((bound) => Math.floor(bound / 2));
  expect(new Set([low[0], high[0], middle[0]]).size).toBe(3);
  expect(drawn(() => 0)).toEqual(low);
});

test('a pair can not be given back twice', () => {
  const { pool } = poolOf(22_000, 22_003);
  const port = pool.take() ?? 0;
  pool.giveBack(port);
  expect(() => pool.giveBack(port)).toThrow(/once/);
});

test('pairs of a crashed predecessor rest first', () => {
  const { pool, clock } = poolOf(22_000, 22_003);
  pool.restFirst([22_000, 30_000]);
  expect([pool.take(), pool.take()]).toEqual([22_002, null]);
  clock.advance(10_000);
  expect(pool.take()).toBe(22_000);
});
