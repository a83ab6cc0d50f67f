import { expect, test } from 'vitest';
import { Watch } from '@/lib/switch/media/rtpengine/watch';

/** A look at two legs, by what was counted of them so far. */
const at = (seconds: number, [a, b]: readonly [number, number], isDue = true) => ({
  sessionId: 'call',
  isDue,
  legs: [
    { legId: 'a', packets: a },
    { legId: 'b', packets: b },
  ],
  nowMs: seconds * 1_000,
});

test('a silence is told once, and again only after the leg was heard in between', () => {
  const watch = new Watch(60_000);
  expect(watch.look(at(1_000, [10, 10]))).toEqual([]);
  expect(watch.look(at(1_059, [20, 10]))).toEqual([]);
  const silence = { type: 'inactive', sessionId: 'call', legId: 'b', silentMs: 60_000 };
  expect(watch.look(at(1_060, [30, 10]))).toEqual([{ ...silence, sessionSilent: false }]);
  expect(watch.look(at(1_070, [40, 10]))).toEqual([]);
  expect(watch.look(at(1_080, [50, 11]))).toEqual([]);
  expect(watch.look(at(1_140, [60, 11]))).toEqual([{ ...silence, sessionSilent: false }]);
});

test('where nobody is heard the session is silent, also where nobody ever was', () => {
  const watch = new Watch(60_000);
  expect(watch.look(at(1_000, [0, 7]))).toEqual([]);
  const told = watch.look(at(1_061, [0, 7]));
  expect(told.map((event) => event.type === 'inactive' && event.sessionSilent)).toEqual([
    true,
    true,
  ]);
});

test('on hold, or while the gate is shut, nobody is silent; it counts anew from then', () => {
  const watch = new Watch(60_000);
  expect(watch.look(at(1_000, [5, 5]))).toEqual([]);
  expect(watch.look(at(1_100, [5, 5], false))).toEqual([]);
  expect(watch.look(at(1_110, [5, 5]))).toEqual([]);
  expect(watch.look(at(1_171, [5, 5]))).toHaveLength(2);
});

test('a leg that left is no more waited for', () => {
  const watch = new Watch(60_000);
  watch.look(at(1_000, [5, 5]));
  const alone = { ...at(1_061, [6, 5]), legs: [{ legId: 'a', packets: 6 }] };
  expect(watch.look(alone)).toEqual([]);
});
