import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitOfEvent, eventOfDigit, frequenciesOf } from '@/lib/protocol/dtmf/digits';
import {
  EventReader,
  type EventStep,
  parseTelephoneEvent,
  type TelephoneEvent,
  writeTelephoneEvent,
} from '@/lib/protocol/dtmf/telephone-event';

const press = (durationTicks: number, change: Partial<TelephoneEvent> = {}): TelephoneEvent => ({
  event: 5,
  isEnd: false,
  volume: 10,
  durationTicks,
  ...change,
});

function stepsOf(
  packets: readonly (readonly [timestamp: number, event: TelephoneEvent, marker?: boolean])[],
  reader = new EventReader(8_000),
): EventStep[] {
  return packets.map(([timestamp, event, marker = false]) =>
    reader.next(event, { timestamp, marker }),
  );
}

test('the payload of RFC 4733 §2.3, octet by octet', () => {
  const payload = Uint8Array.of(11, 0x80 | 10, 0x03, 0x20);
  const event = { event: 11, isEnd: true, volume: 10, durationTicks: 800 };
  expect(parseTelephoneEvent(payload)).toEqual(event);
  const out = new Uint8Array(4);
  writeTelephoneEvent(event, out);
  expect(out).toEqual(payload);
  expect(parseTelephoneEvent(payload.subarray(0, 3))).toBeNull();
});

test('what is written is read again, and too long a duration is the longest', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(octet, fc.boolean(), fc.nat(63), fc.nat(200_000), (...one) => {
      const [event, isEnd, volume, durationTicks] = one;
      const out = new Uint8Array(4);
      writeTelephoneEvent({ event, isEnd, volume, durationTicks }, out);
      const read = { event, isEnd, volume, durationTicks: Math.min(65_535, durationTicks) };
      expect(parseTelephoneEvent(out)).toEqual(read);
    }),
  );
});

test('all packets with one timestamp are one key, the three of its end too', () => {
  const end = press(640, { isEnd: true });
  const packets = [
    [1_000, press(160), true],
    [1_000, press(320)],
    [1_000, press(480)],
    [1_000, end],
    [1_000, end],
    [1_000, end],
  ] as const;
  expect(stepsOf(packets)).toEqual(['start', 'goes on', 'goes on', 'goes on', 'old', 'old']);
});

test('a key whose first packets were lost is a key all the same', () => {
  expect(stepsOf([[1_000, press(640, { isEnd: true })]])).toEqual(['start']);
});

test('the same key again has another timestamp, with or without a marker', () => {
  const packets = [
    [1_000, press(160), true],
    [1_000, press(320, { isEnd: true })],
    [2_000, press(160), false],
    [1_000, press(320, { isEnd: true })],
    [2_000, press(320, { isEnd: true })],
    [2_320, press(160), true],
  ] as const;
  expect(stepsOf(packets)).toEqual(['start', 'goes on', 'start', 'old', 'goes on', 'start']);
});

test('a key that is held for long comes in segments and stays one key', () => {
  const reader = new EventReader(8_000);
  const steps = stepsOf(
    [
      [1_000, press(0xff_ff), true],
      [1_000 + 0xff_ff, press(160)],
      [1_000 + 0xff_ff, press(320, { isEnd: true })],
    ],
    reader,
  );
  expect(steps).toEqual(['start', 'goes on', 'goes on']);
  expect([reader.durationTicks, reader.isPressed]).toEqual([0xff_ff + 320, false]);
});

test('timestamps may wrap, and a sender that numbers anew is followed', () => {
  expect(
    stepsOf([
      [0xff_ff_ff_00, press(160, { isEnd: true })],
      [500, press(160, { isEnd: true })],
      [3_000_000_000, press(160, { isEnd: true })],
    ]),
  ).toEqual(['start', 'start', 'start']);
});

test('keys, their event codes and their frequencies', () => {
  const all = '0123456789*#ABCD';
  expect([...all].map((digit) => eventOfDigit(digit))).toEqual([...all].map((_, code) => code));
  expect([0, 10, 11, 15, 16].map(digitOfEvent)).toEqual(['0', '*', '#', 'D', null]);
  expect([eventOfDigit('a'), eventOfDigit('E'), eventOfDigit('')]).toEqual([12, null, null]);
  expect(frequenciesOf('#')).toEqual({ rowHz: 941, columnHz: 1_477 });
  expect(frequenciesOf('x')).toBeNull();
});
