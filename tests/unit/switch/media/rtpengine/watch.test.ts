import { expect, test } from 'vitest';
import { Watch } from '@/lib/switch/media/rtpengine/watch';

const heard = (a: number | null, b: number | null) => [
  { legId: 'a', lastPacketSeconds: a },
  { legId: 'b', lastPacketSeconds: b },
];
const at = (seconds: number, said: ReturnType<typeof heard>, isDue = true) => ({
  sessionId: 'call',
  isDue,
  heard: said,
  nowMs: seconds * 1_000,
});

test('a silence is told once, and again only after the leg was heard in between', () => {
  const watch = new Watch(60_000);
  expect(watch.look(at(1_000, heard(1_000, 1_000)))).toEqual([]);
  expect(watch.look(at(1_059, heard(1_059, 1_000)))).toEqual([]);
  const silence = { type: 'inactive', sessionId: 'call', legId: 'b', silentMs: 60_000 };
  expect(watch.look(at(1_060, heard(1_060, 1_000)))).toEqual([
    { ...silence, sessionSilent: false },
  ]);
  expect(watch.look(at(1_070, heard(1_070, 1_000)))).toEqual([]);
  expect(watch.look(at(1_080, heard(1_080, 1_080)))).toEqual([]);
  expect(watch.look(at(1_140, heard(1_140, 1_080)))).toEqual([
    { ...silence, sessionSilent: false },
  ]);
});

test('where nobody is heard the session is silent; who was never heard counts from when it was due', () => {
  const watch = new Watch(60_000);
  expect(watch.look(at(1_000, heard(null, 990)))).toEqual([]);
  const told = watch.look(at(1_061, heard(null, 990)));
  expect(told.map((event) => event.type === 'inactive' && event.sessionSilent)).toEqual([
    true,
    true,
  ]);
});

test('on hold, or while the gate is shut, nobody is silent; it counts anew from then', () => {
  const watch = new Watch(60_000);
  expect(watch.look(at(1_000, heard(1_000, 1_000)))).toEqual([]);
  expect(watch.look(at(1_100, heard(1_000, 1_000), false))).toEqual([]);
  expect(watch.look(at(1_110, heard(1_000, 1_000)))).toEqual([]);
  expect(watch.look(at(1_171, heard(1_000, 1_000)))).toHaveLength(2);
});
