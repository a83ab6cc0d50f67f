import fc from 'fast-check';
import { expect, test } from 'vitest';
import { opusLibrary } from '@/lib/protocol/codecs/opus-library';
import type { VoiceName } from '@/lib/protocol/codecs/voice-codec';
import { clockRateOf, decoderOf, encoderOf } from '@/lib/protocol/codecs/voices';
import { goertzelShare } from '@/lib/protocol/dtmf/goertzel';
import { parseTelephoneEvent } from '@/lib/protocol/dtmf/telephone-event';
import { ToneDetector } from '@/lib/protocol/dtmf/tone-detector';
import { ToneGenerator } from '@/lib/protocol/dtmf/tone-generator';
import { parseRtp } from '@/lib/protocol/rtp/header';
import { VoicePath } from '@/lib/switch/media/relay/path';
import { KeyReader } from '@/lib/switch/media/relay/path-keys';
import type { VoicePlan } from '@/lib/switch/media/relay/path-plan';
import { rms, tone } from '@/tests/unit/protocol/codecs/signals';

const TYPES: Readonly<Record<VoiceName, number>> = { PCMU: 0, PCMA: 8, G722: 9, OPUS: 111 };
const KEYS = 101;

interface Sent {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

/** A leg with its path, and what its peer was sent. */
class Bench {
  readonly sent: Sent[] = [];
  readonly digits: string[] = [];
  readonly path: VoicePath;
  private readonly keys = new KeyReader();

  constructor(from: VoiceName, to: VoiceName, change: Partial<VoicePlan> = {}) {
    const keyTypes = [8_000, 48_000].map((clockRateHz, index) => ({
      payloadType: KEYS + index,
      name: `telephone-event/${clockRateHz}`,
      clockRateHz: 0,
    }));
    this.keys.learn(keyTypes);
    const fromTypes = (['PCMU', 'PCMA', 'G722', 'OPUS'] as const)
      .map((voice) => ({ payloadType: TYPES[voice], voice }))
      .sort((one) => (one.voice === from ? -1 : 1));
    this.path = new VoicePath({
      plan: {
        from: fromTypes,
        passing: [],
        to: { payloadType: TYPES[to], voice: to },
        toKeys: { payloadType: 96, clockRateHz: clockRateOf(to) },
        listens: false,
        ...change,
      },
      randomBelow: (bound) => Math.floor(bound / 2),
      send: (packet) => {
        const parsed = parseRtp(packet);
        if (!parsed.ok) throw new Error(parsed.fault);
        const { payloadType, marker, sequence, timestamp, ssrc, payloadStart } = parsed.header;
        const payload = Buffer.from(packet.subarray(payloadStart));
        this.sent.push({ payloadType, marker, sequence, timestamp, ssrc, payload });
      },
      onDigit: (digit) => this.digits.push(digit),
    });
  }

  receive(packet: Buffer): void {
    const type = (packet[1] ?? 0) & 0x7f;
    this.path.take(packet, this.keys.isKey(type) ? this.keys.read(packet) : null);
  }

  /** All that was sent, as the peer hears it; what was not sent is silence. */
  heard(voice: VoiceName): Int16Array {
    const decoder = decoderOf(voice, 8_000);
    const { sampleRateHz } = decoder;
    const first = this.sent[0]?.timestamp ?? 0;
    const pieces = new Map<number, Int16Array>();
    for (const { timestamp, payload, payloadType } of this.sent) {
      if (payloadType !== TYPES[voice]) continue;
      const pcm = new Int16Array(sampleRateHz / 50);
      expect(decoder.decode(payload, pcm)).toBe(pcm.length);
      pieces.set(((timestamp - first) * sampleRateHz) / clockRateOf(voice), pcm);
    }
    decoder.close();
    const end = Math.max(0, ...[...pieces].map(([at, pcm]) => at + pcm.length));
    const all = new Int16Array(end);
    for (const [at, pcm] of pieces) all.set(pcm, at);
    return all;
  }
}

interface Header {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc?: number;
  readonly marker?: boolean;
}

function packetOf(header: Header, payload: Uint8Array): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet[0] = 0x80;
  packet[1] = header.payloadType | (header.marker ? 0x80 : 0);
  packet.writeUInt16BE(header.sequence & 0xffff, 2);
  packet.writeUInt32BE(header.timestamp >>> 0, 4);
  packet.writeUInt32BE(header.ssrc ?? 1, 8);
  packet.set(payload, 12);
  return packet;
}

/** A stream of a voice in packets of some ms, its numbers about to wrap. */
function stream(voice: VoiceName, pcm: Int16Array, packetMs = 20): Buffer[] {
  const encoder = encoderOf(voice, 8_000);
  const samples = (encoder.sampleRateHz * packetMs) / 1_000;
  const packets: Buffer[] = [];
  for (let start = 0; start + samples <= pcm.length; start += samples) {
    const index = packets.length;
    const ticks = (clockRateOf(voice) * packetMs * index) / 1_000;
    const header = { payloadType: TYPES[voice], sequence: 65_530 + index, timestamp: ticks - 500 };
    packets.push(packetOf(header, encoder.encode(pcm.subarray(start, start + samples))));
  }
  encoder.close();
  return packets;
}

const rateOf = (voice: VoiceName): number => (voice === 'G722' ? 16_000 : 8_000);

function key(event: number, header: Header, rest: { ticks: number; end?: boolean }): Buffer {
  const { ticks, end = false } = rest;
  return packetOf(
    header,
    Uint8Array.of(event, (end ? 0x80 : 0) | 10, (ticks >> 8) & 0xff, ticks & 0xff),
  );
}

const VOICES: readonly VoiceName[] = ['PCMU', 'PCMA', 'G722', 'OPUS'];
const PAIRS = VOICES.flatMap((from) => VOICES.map((to) => [from, to] as const));

test.each(PAIRS)('%s becomes %s, and a tone stays that tone', (from, to) => {
  const bench = new Bench(from, to);
  for (const packet of stream(from, tone(rateOf(from), 1_000, { ms: 500 }))) bench.receive(packet);
  expect(bench.sent.length).toBe(25);
  const heard = bench.heard(to).slice(-rateOf(to) / 5);
  expect(goertzelShare(heard, 1_000, rateOf(to))).toBeGreaterThan(0.97);
  expect(rms(heard)).toBeGreaterThan(4_800);
  bench.path.close();
  expect(opusLibrary().inUse).toBe(0);
});

test.each([10, 20, 30, 40, 60])('packets of %d ms come out as packets of 20 ms', (packetMs) => {
  const bench = new Bench('PCMA', 'PCMU');
  const packets = stream('PCMA', tone(8_000, 600, { ms: 600 }), packetMs);
  for (const packet of packets) bench.receive(packet);
  expect(bench.sent.map(({ payload }) => payload.length)).toEqual(Array(30).fill(160));
  expect(bench.sent.map(({ marker }) => marker)).toEqual([true, ...Array(29).fill(false)]);
  const [first] = bench.sent;
  for (const [index, one] of bench.sent.entries()) {
    expect(one.sequence).toBe(((first?.sequence ?? 0) + index) & 0xffff);
    expect(one.timestamp).toBe(((first?.timestamp ?? 0) + 160 * index) >>> 0);
    expect(one.ssrc).toBe(first?.ssrc);
  }
  expect(first?.ssrc).not.toBe(1);
});

test('late and repeated packets are left out', () => {
  const bench = new Bench('PCMA', 'PCMU');
  const packets = stream('PCMA', tone(8_000, 600, { ms: 200 }));
  for (const index of [0, 1, 2, 1, 3, 3, 4, 0]) bench.receive(packets[index] ?? Buffer.alloc(0));
  expect(bench.sent.length).toBe(5);
});

test.each(['PCMA', 'G722', 'OPUS'] as const)('%s: a packet that is lost is made up', (from) => {
  const bench = new Bench(from, 'PCMU');
  const packets = stream(from, tone(rateOf(from), 400, { ms: 400 }));
  for (const [index, packet] of packets.entries()) if (index !== 10) bench.receive(packet);
  expect(bench.sent.length).toBe(20);
  const filled = bench.heard('PCMU').slice(10 * 160 + 20, 11 * 160);
  expect(rms(filled)).toBeGreaterThan(2_500);
  bench.path.close();
});

test('no more than 60 ms are made up; what is missing beyond is a pause of the right length', () => {
  const bench = new Bench('PCMA', 'PCMU');
  const packets = stream('PCMA', tone(8_000, 400, { ms: 400 }));
  for (const [index, packet] of packets.entries()) {
    if (index < 5 || index >= 15) bench.receive(packet);
  }
  expect(bench.sent.length).toBe(5 + 3 + 5);
  const [first, after] = [bench.sent[0], bench.sent[8]];
  expect(after?.marker).toBe(true);
  expect((after?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(15 * 160);
});

test('a sender that is silent for a while (DTX) leaves a pause, and no made-up sound', () => {
  const bench = new Bench('PCMU', 'OPUS');
  const packets = stream('PCMU', tone(8_000, 400, { ms: 400 }));
  for (const [index, packet] of packets.slice(0, 5).entries()) {
    packet.writeUInt16BE(index, 2);
    bench.receive(packet);
  }
  bench.receive(packetOf({ payloadType: 13, sequence: 5, timestamp: 300 }, Uint8Array.of(60)));
  for (const [index, packet] of packets.slice(12).entries()) {
    packet.writeUInt16BE(6 + index, 2);
    bench.receive(packet);
  }
  expect(bench.sent.length).toBe(5 + 8);
  const [first, after] = [bench.sent[0], bench.sent[5]];
  expect((after?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(12 * 960);
  expect(bench.sent.map(({ marker }) => marker).indexOf(true, 1)).toBe(5);
  bench.path.close();
});

test('a sender that starts anew, with other numbers, goes on in the same stream', () => {
  const bench = new Bench('PCMA', 'PCMU');
  const packets = stream('PCMA', tone(8_000, 400, { ms: 100 }));
  for (const packet of packets) bench.receive(packet);
  for (const packet of packets) {
    packet.writeUInt32BE(77, 8);
    packet.writeUInt32BE((packet.readUInt32BE(4) ^ 0x7f_00_00_00) >>> 0, 4);
    bench.receive(packet);
  }
  expect(new Set(bench.sent.map(({ ssrc }) => ssrc)).size).toBe(1);
  const stamps = bench.sent.map(({ timestamp }) => timestamp - (bench.sent[0]?.timestamp ?? 0));
  expect(stamps).toEqual(Array.from({ length: 10 }, (_, index) => index * 160));
  expect(bench.sent[5]?.marker).toBe(true);
});

test('a voice that changes in mid-stream is followed', () => {
  const bench = new Bench('PCMA', 'PCMU');
  for (const [turn, voice] of (['PCMA', 'G722', 'OPUS'] as const).entries()) {
    for (const packet of stream(voice, tone(rateOf(voice), 700, { ms: 200 }))) {
      packet.writeUInt16BE((packet.readUInt16BE(2) + 10 * turn) & 0xffff, 2);
      bench.receive(packet);
    }
  }
  expect(bench.sent.length).toBeGreaterThanOrEqual(24);
  expect(goertzelShare(bench.heard('PCMU').slice(-400), 700, 8_000)).toBeGreaterThan(0.95);
  bench.path.close();
});

test('what is no sound of the voice harms nothing', () => {
  const bench = new Bench('OPUS', 'PCMA');
  const junk = [[], [0xff, 0xff], [3, 0], Array(1_400).fill(0xaa)];
  for (const [index, bytes] of junk.entries()) {
    const sequence = 65_520 + 2 * index;
    bench.receive(
      packetOf({ payloadType: 111, sequence, timestamp: index * 960 }, Uint8Array.from(bytes)),
    );
    bench.receive(
      packetOf({ payloadType: 77, sequence: sequence + 1, timestamp: 0 }, Uint8Array.from(bytes)),
    );
  }
  for (const packet of stream('OPUS', tone(8_000, 500, { ms: 200 }))) bench.receive(packet);
  expect(goertzelShare(bench.heard('PCMA').slice(-320), 500, 8_000)).toBeGreaterThan(0.9);
  bench.path.close();
});

test('keys become keys in the other clock: one timestamp, lengths in its ticks', () => {
  const bench = new Bench('PCMA', 'OPUS', { toKeys: { payloadType: 96, clockRateHz: 48_000 } });
  for (const packet of stream('PCMA', tone(8_000, 500, { ms: 100 }))) bench.receive(packet);
  const at = { payloadType: KEYS, timestamp: 5 * 160 - 500 };
  for (const [index, ticks] of [160, 320, 480].entries()) {
    bench.receive(key(7, { ...at, sequence: 65_535 + index, marker: index === 0 }, { ticks }));
  }
  for (const index of [3, 4, 5]) {
    bench.receive(key(7, { ...at, sequence: 65_535 + index }, { ticks: 640, end: true }));
  }
  const after = { payloadType: 8, sequence: 65_541, timestamp: 5 * 160 - 500 + 640 };
  bench.receive(packetOf(after, new Uint8Array(160).fill(0xd5)));
  const keys = bench.sent.filter(({ payloadType }) => payloadType === 96);
  expect(keys.map(({ marker }) => marker)).toEqual([true, ...Array(5).fill(false)]);
  expect(new Set(keys.map(({ timestamp }) => timestamp)).size).toBe(1);
  expect(keys.map(({ payload }) => parseTelephoneEvent(payload))).toMatchObject([
    { event: 7, isEnd: false, durationTicks: 960 },
    { event: 7, isEnd: false, durationTicks: 1_920 },
    { event: 7, isEnd: false, durationTicks: 2_880 },
    ...Array(3).fill({ event: 7, isEnd: true, durationTicks: 3_840 }),
  ]);
  const [first, last] = [bench.sent[0], bench.sent.at(-1)];
  expect((keys[0]?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(5 * 960);
  expect([last?.payloadType, last?.marker]).toEqual([111, true]);
  expect((last?.timestamp ?? 0) - (first?.timestamp ?? 0)).toBe(5 * 960 + 3_840);
  bench.path.close();
});

test('a key that lasts longer than the other clock can say goes on in segments', () => {
  const bench = new Bench('PCMA', 'OPUS', { toKeys: { payloadType: 96, clockRateHz: 48_000 } });
  for (let index = 1; index <= 100; index += 1) {
    const header = { payloadType: KEYS, sequence: index, timestamp: 1_000, marker: index === 1 };
    bench.receive(key(1, header, { ticks: index * 160, end: index === 100 }));
  }
  const reader = new KeyReader();
  reader.learn([{ payloadType: 96, name: 'telephone-event/48000', clockRateHz: 0 }]);
  const read = bench.sent.map((one) => reader.read(packetOf(one, one.payload)));
  expect(read.filter((one) => one?.step === 'start').length).toBe(1);
  expect(read.at(-1)?.durationTicks).toBe(100 * 160 * 6);
});

test('keys become tones for a peer without events: as long as they last, then sound again', () => {
  const bench = new Bench('PCMA', 'G722', { toKeys: null });
  const sound = stream('PCMA', tone(8_000, 300, { ms: 600 }));
  for (const packet of sound.slice(0, 10)) bench.receive(packet);
  let sequence = 65_540;
  const at = { payloadType: KEYS, timestamp: 10 * 160 - 500 };
  for (let index = 1; index <= 5; index += 1, sequence += 1) {
    bench.receive(key(9, { ...at, sequence, marker: index === 1 }, { ticks: index * 160 }));
  }
  for (let index = 0; index < 3; index += 1, sequence += 1) {
    bench.receive(key(9, { ...at, sequence }, { ticks: 800, end: true }));
  }
  for (const packet of sound.slice(15)) {
    packet.writeUInt16BE(sequence & 0xffff, 2);
    sequence += 1;
    bench.receive(packet);
  }
  expect(bench.sent.length).toBe(30);
  const heard = bench.heard('G722');
  const detector = new ToneDetector(16_000);
  expect(detector.feed(heard)).toBe('9');
  expect(detector.digit).toBeNull();
  expect(goertzelShare(heard.slice(11 * 320, 14 * 320), 300, 16_000)).toBeLessThan(0.05);
  expect(goertzelShare(heard.slice(17 * 320, 25 * 320), 300, 16_000)).toBeGreaterThan(0.95);
});

test('a key whose end was lost stops when sound goes on', () => {
  const bench = new Bench('PCMA', 'PCMU', { toKeys: null });
  bench.receive(key(3, { payloadType: KEYS, sequence: 65_529, timestamp: -1_000 }, { ticks: 400 }));
  for (const packet of stream('PCMA', tone(8_000, 500, { ms: 400 }))) bench.receive(packet);
  expect(goertzelShare(bench.heard('PCMU').slice(-800), 500, 8_000)).toBeGreaterThan(0.95);
});

test('tones become keys for a peer that takes events, and are not heard beside them', () => {
  const bench = new Bench('PCMU', 'OPUS', {
    listens: true,
    toKeys: { payloadType: 96, clockRateHz: 48_000 },
  });
  const generator = new ToneGenerator(8_000);
  const pcm = tone(8_000, 300, { ms: 900, peak: 3_000 });
  for (const [index, digit] of ['4', '2'].entries()) {
    const start = 1_600 + index * 2_400;
    generator.start(digit, -10);
    generator.fill(pcm.subarray(start, start + 800));
  }
  for (const packet of stream('PCMU', pcm)) bench.receive(packet);
  expect(bench.digits).toEqual(['4', '2']);
  const keys = bench.sent.filter(({ payloadType }) => payloadType === 96);
  const events = keys.map(({ payload }) => parseTelephoneEvent(payload));
  expect([...new Set(events.map((event) => event?.event))]).toEqual([4, 2]);
  expect(events.filter((event) => event?.isEnd).map((event) => event?.event)).toEqual([
    4, 4, 4, 2, 2, 2,
  ]);
  expect(keys.filter(({ marker }) => marker).length).toBe(2);
  const lasted = events.find((event) => event?.isEnd)?.durationTicks ?? 0;
  expect(lasted / 48).toBeGreaterThanOrEqual(60);
  expect(lasted / 48).toBeLessThanOrEqual(140);
  expect(new ToneDetector(8_000).feed(bench.heard('OPUS'))).toBeNull();
  bench.path.close();
});

test('a key that was pressed otherwise is an event beside a stream that stays in step', () => {
  const bench = new Bench('PCMA', 'PCMU');
  const packets = stream('PCMA', tone(8_000, 500, { ms: 400 }));
  for (const packet of packets.slice(0, 5)) bench.receive(packet);
  bench.path.press('7', 100);
  for (const packet of packets.slice(5)) bench.receive(packet);
  const keys = bench.sent.filter(({ payloadType }) => payloadType === 96);
  expect(keys.map(({ marker }) => marker)).toEqual([true, false, false, false]);
  expect(keys.map(({ payload }) => parseTelephoneEvent(payload))).toMatchObject([
    { event: 7, isEnd: false, durationTicks: 800 },
    ...Array(3).fill({ event: 7, isEnd: true, durationTicks: 800 }),
  ]);
  const first = bench.sent[0]?.timestamp ?? 0;
  const at = (index: number) => ((bench.sent.at(index)?.timestamp ?? 0) - first) / 160;
  expect([at(5), at(9), at(-1)]).toEqual([5, 10, 19]);
});

test('and a tone in its place for who takes no events', () => {
  const bench = new Bench('PCMA', 'PCMU', { toKeys: null });
  const packets = stream('PCMA', tone(8_000, 300, { ms: 400 }));
  for (const packet of packets.slice(0, 5)) bench.receive(packet);
  bench.path.press('#', 100);
  for (const packet of packets.slice(5)) bench.receive(packet);
  expect(bench.sent.length).toBe(20);
  const detector = new ToneDetector(8_000);
  expect(detector.feed(bench.heard('PCMU'))).toBe('#');
  expect(detector.digit).toBeNull();
});

test('whatever comes, nothing is thrown, and no packet becomes more than a few', () => {
  const packet = fc.record({
    payloadType: fc.constantFrom(0, 8, 9, 13, 77, 111, KEYS, KEYS + 1),
    sequence: fc.nat(65_535),
    timestamp: fc.oneof(fc.nat(20_000), fc.nat(2 ** 32 - 1)),
    ssrc: fc.nat(2),
    marker: fc.boolean(),
    payload: fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 1_400 })),
  });
  const plan = fc.record({
    to: fc.constantFrom<VoiceName>('PCMA', 'G722', 'OPUS'),
    hasKeys: fc.boolean(),
    listens: fc.boolean(),
  });
  fc.assert(
    fc.property(plan, fc.array(packet, { maxLength: 30 }), ({ to, hasKeys, listens }, packets) => {
      const keys = { payloadType: 96, clockRateHz: clockRateOf(to) };
      const bench = new Bench('PCMA', to, { toKeys: hasKeys ? keys : null, listens });
      for (const one of packets) {
        const before = bench.sent.length;
        bench.receive(packetOf(one, one.payload));
        expect(bench.sent.length - before).toBeLessThanOrEqual(25);
      }
      bench.path.close();
    }),
  );
  expect(opusLibrary().inUse).toBe(0);
});

test('a packet that claims a key of eight seconds is no burst of sound', () => {
  const bench = new Bench('PCMA', 'PCMU', { toKeys: null });
  for (let sequence = 1; sequence <= 10; sequence += 1) {
    const header = { payloadType: KEYS, sequence, timestamp: sequence * 100_000, marker: true };
    bench.receive(key(1, header, { ticks: 65_535 }));
  }
  expect(bench.sent.length).toBeLessThanOrEqual(10 * 10);
});

test('a leg that sends four times what a voice says is not encoded further, until the next second', () => {
  const bench = new Bench('PCMU', 'PCMA');
  const packets = stream('PCMU', tone(8_000, 400, { ms: 12_000 }), 120);
  const taken = packets.map((packet) => bench.path.take(packet, null));
  expect(taken.indexOf(false)).toBe(34);
  expect(bench.sent.length).toBe(204);
  bench.path.renew();
  expect(bench.path.take(packets.at(-1) ?? Buffer.alloc(0), null)).toBe(true);
});
