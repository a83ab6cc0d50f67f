import { expect, test } from 'vitest';
import { CALLEE, CALLER, type CaptureRecord } from '@/lib/protocol/recording/capture-format';
import { G722, heardOf, inOrder, levelOf, OPUS, PCMA, shareOf, talk, typesOf } from './talker';

const both = [typesOf(CALLER, [PCMA]), typesOf(CALLEE, [PCMA])];
const stop = (atMs: number): CaptureRecord => ({ kind: 'stop', atMs });
const caller = { side: CALLER, toneHz: 1_000, ssrc: 1 } as const;
const callee = { side: CALLEE, toneHz: 440, ssrc: 2 } as const;

test('the caller is heard left, the callee right, each where it was said', async () => {
  const { left, right, survey } = await heardOf([
    ...both,
    ...inOrder(
      talk({ ...caller, fromMs: 0, toMs: 4_000 }),
      talk({ ...callee, fromMs: 1_000, toMs: 3_000 }),
    ),
    stop(5_000),
  ]);
  expect(survey).toMatchObject({ rateHz: 8_000, durationMs: 5_000, isIncomplete: false });
  expect([left.length, right.length]).toEqual([40_000, 40_000]);
  const rateHz = 8_000;
  expect(shareOf(left, 1_000, { rateHz, fromMs: 0, toMs: 4_000 })).toBeGreaterThan(0.99);
  expect(shareOf(left, 440, { rateHz, fromMs: 0, toMs: 4_000 })).toBeLessThan(0.001);
  expect(levelOf(left, { rateHz, fromMs: 4_010, toMs: 5_000 })).toBe(0);
  expect(levelOf(right, { rateHz, fromMs: 0, toMs: 1_000 })).toBe(0);
  expect(shareOf(right, 440, { rateHz, fromMs: 1_000, toMs: 3_000 })).toBeGreaterThan(0.99);
  expect(levelOf(right, { rateHz, fromMs: 3_000, toMs: 5_000 })).toBe(0);
});

test('packets that come late or in another order stand where they were said', async () => {
  const even = await heardOf([
    ...both,
    ...talk({ ...caller, fromMs: 0, toMs: 3_000 }),
    stop(3_200),
  ]);
  // Up to 60 ms late, so that they pass one another.
  const jitter = talk({ ...caller, fromMs: 0, toMs: 3_000, lateMs: (at) => (at * 37) % 61 });
  const late = await heardOf([...both, ...inOrder(jitter), stop(3_200)]);
  expect(late.left).toEqual(even.left);
});

test('what was lost is made up for a moment, and moves nothing that follows', async () => {
  const lost = new Set([50, 51, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  const { left } = await heardOf([
    ...both,
    ...talk({ ...caller, fromMs: 0, toMs: 3_000, lateMs: (at) => (lost.has(at) ? null : 0) }),
    stop(3_000),
  ]);
  const rateHz = 8_000;
  expect(levelOf(left, { rateHz, fromMs: 1_000, toMs: 1_040 })).toBeGreaterThan(1_000);
  expect(levelOf(left, { rateHz, fromMs: 1_880, toMs: 1_990 })).toBe(0);
  expect(shareOf(left, 1_000, { rateHz, fromMs: 2_000, toMs: 3_000 })).toBeGreaterThan(0.99);
  expect(levelOf(left, { rateHz, fromMs: 2_000, toMs: 2_010 })).toBeGreaterThan(1_000);
});

test('who goes on under another SSRC and other numbers goes on where he is', async () => {
  const { left } = await heardOf([
    ...both,
    ...talk({
      ...caller,
      fromMs: 0,
      toMs: 1_000,
      firstSequence: 65_500,
      firstTimestamp: 2 ** 32 - 800,
    }),
    ...talk({ ...caller, fromMs: 1_000, toMs: 2_000, ssrc: 7, firstSequence: 9, toneHz: 600 }),
    stop(2_000),
  ]);
  const rateHz = 8_000;
  expect(left).toHaveLength(16_000);
  expect(shareOf(left, 1_000, { rateHz, fromMs: 0, toMs: 1_000 })).toBeGreaterThan(0.99);
  expect(shareOf(left, 600, { rateHz, fromMs: 1_000, toMs: 2_000 })).toBeGreaterThan(0.99);
});

test('a sender that says nothing while it is quiet is quiet for so long', async () => {
  const { left } = await heardOf([
    ...both,
    ...talk({ ...caller, fromMs: 0, toMs: 1_000 }),
    // The numbers go on, the timestamps have moved (RFC 3551 §4.1).
    ...talk({ ...caller, fromMs: 6_000, toMs: 7_000, firstSequence: 50, firstTimestamp: 48_000 }),
    stop(7_000),
  ]);
  const rateHz = 8_000;
  expect(levelOf(left, { rateHz, fromMs: 1_010, toMs: 6_000 })).toBe(0);
  expect(shareOf(left, 1_000, { rateHz, fromMs: 6_000, toMs: 7_000 })).toBeGreaterThan(0.99);
});

test('a pause is cut out, also what was said since the moment that it is dated back to', async () => {
  const { left, survey } = await heardOf([
    ...both,
    ...talk({ ...caller, fromMs: 0, toMs: 2_000, toneHz: 1_000 }),
    ...talk({ ...caller, fromMs: 2_000, toMs: 3_000, toneHz: 2_000, ssrc: 3 }),
    { kind: 'pause', atMs: 2_000 },
    { kind: 'resume', atMs: 5_000 },
    ...talk({ ...caller, fromMs: 5_000, toMs: 6_000, toneHz: 500, ssrc: 4 }),
    stop(6_000),
  ]);
  expect(survey.durationMs).toBe(3_000);
  expect(left).toHaveLength(24_000);
  const rateHz = 8_000;
  expect(shareOf(left, 1_000, { rateHz, fromMs: 0, toMs: 2_000 })).toBeGreaterThan(0.99);
  expect(shareOf(left, 500, { rateHz, fromMs: 2_000, toMs: 3_000 })).toBeGreaterThan(0.99);
  expect(shareOf(left, 2_000, { rateHz, fromMs: 0, toMs: 3_000 })).toBeLessThan(0.001);
});

test('a call that ends while it is paused ends with what was heard before', async () => {
  const { left, survey } = await heardOf([
    ...both,
    ...talk({ ...caller, fromMs: 0, toMs: 1_000 }),
    { kind: 'pause', atMs: 1_000 },
    stop(9_000),
  ]);
  expect(survey.durationMs).toBe(1_000);
  expect(left).toHaveLength(8_000);
});

test.each([
  ['G722', G722],
  ['OPUS', OPUS],
] as const)(
  'a call with %s on one side has 16 kHz, the other side as well',
  async (voice, type) => {
    const { left, right, survey } = await heardOf([
      typesOf(CALLER, [type]),
      typesOf(CALLEE, [PCMA]),
      ...inOrder(
        talk({
          ...caller,
          fromMs: 0,
          toMs: 2_000,
          voice,
          payloadType: type.payloadType,
          toneHz: 3_000,
        }),
        talk({ ...callee, fromMs: 0, toMs: 2_000 }),
      ),
      stop(2_000),
    ]);
    expect(survey).toMatchObject({ rateHz: 16_000, durationMs: 2_000 });
    const part = { rateHz: 16_000, fromMs: 200, toMs: 1_900 };
    expect(shareOf(left, 3_000, part)).toBeGreaterThan(0.9);
    expect(shareOf(right, 440, part)).toBeGreaterThan(0.98);
  },
);

test('another codec after a new offer is heard as one call', async () => {
  const { left, survey } = await heardOf([
    ...both,
    ...talk({ ...caller, fromMs: 0, toMs: 1_000 }),
    typesOf(CALLER, [G722], 1_000),
    ...talk({
      ...caller,
      fromMs: 1_000,
      toMs: 2_000,
      voice: 'G722',
      payloadType: 9,
      firstSequence: 50,
      firstTimestamp: 8_000,
    }),
    stop(2_000),
  ]);
  expect(survey.rateHz).toBe(16_000);
  for (const fromMs of [100, 1_100]) {
    const part = { rateHz: 16_000, fromMs, toMs: fromMs + 800 };
    expect(shareOf(left, 1_000, part)).toBeGreaterThan(0.95);
  }
});

test('a clock that is off by a thousandth is where it belongs after a minute still', async () => {
  const { left, survey } = await heardOf([
    ...both,
    ...talk({ ...caller, fromMs: 0, toMs: 60_000, speed: 0.999 }),
    stop(61_000),
  ]);
  // What was said last came 60 ms after its own timestamps; at most one correction is due.
  const rateHz = 8_000;
  expect(survey.durationMs).toBe(61_000);
  expect(levelOf(left, { rateHz, fromMs: 60_020, toMs: 60_035 })).toBeGreaterThan(1_000);
  expect(levelOf(left, { rateHz, fromMs: 60_120, toMs: 61_000 })).toBe(0);
});

test('a capture without an end is as long as what came, and says that it is not whole', async () => {
  const { left, survey } = await heardOf([...both, ...talk({ ...caller, fromMs: 0, toMs: 2_000 })]);
  expect(survey).toMatchObject({ durationMs: 2_000, isIncomplete: true });
  expect(left).toHaveLength(16_000);
});

test('keys, noise and what nobody agreed on make no sound; nonsense does no harm', async () => {
  const { left, survey } = await heardOf([
    ...both,
    ...inOrder(
      talk({ ...caller, fromMs: 0, toMs: 1_000 }),
      talk({
        ...caller,
        fromMs: 1_000,
        toMs: 1_500,
        payloadType: 101,
        firstSequence: 50,
        firstTimestamp: 8_000,
      }),
      [{ kind: 'packet', atMs: 700, side: CALLER, packet: Uint8Array.of(1, 2, 3) }],
    ),
    stop(2_000),
  ]);
  expect(survey.durationMs).toBe(2_000);
  expect(levelOf(left, { rateHz: 8_000, fromMs: 1_010, toMs: 2_000 })).toBe(0);
});

test('nothing at all is silence for as long as the call lasted', async () => {
  const { left, survey } = await heardOf([...both, stop(1_500)]);
  expect(survey).toMatchObject({ isSilent: true, durationMs: 1_500 });
  expect(left).toEqual(new Int16Array(12_000));
});
