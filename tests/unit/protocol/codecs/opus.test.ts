import { expect, test } from 'vitest';
import { OpusDecoder, OpusEncoder } from '@/lib/protocol/codecs/opus';
import { opusLibrary } from '@/lib/protocol/codecs/opus-library';
import type { SampleRateHz } from '@/lib/protocol/codecs/voice-codec';
import { goertzelShare } from '@/lib/protocol/dtmf/goertzel';
import { rms, snrDb, speechLike, tone } from './signals';

const RATES: readonly SampleRateHz[] = [8_000, 16_000, 48_000];

function packetsOf(pcm: Int16Array, rateHz: SampleRateHz): Uint8Array[] {
  const encoder = new OpusEncoder(rateHz);
  const samples = rateHz / 50;
  const packets: Uint8Array[] = [];
  for (let start = 0; start + samples <= pcm.length; start += samples) {
    packets.push(encoder.encode(pcm.subarray(start, start + samples)).slice());
  }
  encoder.close();
  return packets;
}

test.each(RATES)('a tone encoded at %d Hz is the same tone at every rate', (rateHz) => {
  const packets = packetsOf(tone(rateHz, 1_000, { ms: 600 }), rateHz);
  for (const toHz of RATES) {
    const decoder = new OpusDecoder(toHz);
    const heard = new Int16Array(toHz / 50);
    for (const packet of packets) expect(decoder.decode(packet, heard)).toBe(toHz / 50);
    expect(goertzelShare(heard, 1_000, toHz)).toBeGreaterThan(0.95);
    expect(rms(heard)).toBeGreaterThan(4_500);
    decoder.close();
  }
});

test('speech is a fraction of its size and still the same speech', () => {
  const speech = speechLike(16_000, 2_000);
  const packets = packetsOf(speech, 16_000);
  const octets = packets.reduce((sum, packet) => sum + packet.length, 0);
  expect(octets / 2).toBeLessThan(5_000);
  const decoder = new OpusDecoder(16_000);
  const heard = new Int16Array(speech.length);
  for (const [index, packet] of packets.entries()) {
    decoder.decode(packet, heard.subarray(index * 320, (index + 1) * 320));
  }
  expect(snrDb(speech, heard, 200)).toBeGreaterThan(5);
  decoder.close();
});

test('a lost packet is filled with what the tone goes on with, and fades when more are lost', () => {
  const packets = packetsOf(tone(16_000, 400, { ms: 400 }), 16_000);
  const decoder = new OpusDecoder(16_000);
  const heard = new Int16Array(320);
  for (const packet of packets) decoder.decode(packet, heard);
  const before = rms(heard);
  decoder.conceal(heard);
  expect(rms(heard)).toBeGreaterThan(before / 3);
  for (let lost = 0; lost < 30; lost += 1) decoder.conceal(heard);
  expect(rms(heard)).toBeLessThan(before / 20);
  decoder.close();
});

test('what is no Opus is nothing, and the packets after it are heard', () => {
  const decoder = new OpusDecoder(16_000);
  const heard = new Int16Array(1_920);
  const junk = [
    new Uint8Array(0),
    new Uint8Array(2_000),
    Uint8Array.of(0xff, 0xff),
    Uint8Array.of(3, 0),
  ];
  expect(junk.map((payload) => decoder.decode(payload, heard))).toEqual([0, 0, 0, 0]);
  for (const packet of packetsOf(tone(16_000, 700, { ms: 200 }), 16_000)) {
    expect(decoder.decode(packet, heard)).toBe(320);
  }
  expect(goertzelShare(heard.subarray(0, 320), 700, 16_000)).toBeGreaterThan(0.9);
  decoder.close();
});

test('the memory of encoders and decoders is used again, also beyond the first 16 MB', () => {
  const { memory } = opusLibrary().exports;
  const pcm = tone(16_000, 500, { ms: 20 });
  const round = (): void => {
    const all = Array.from(
      { length: 400 },
      () => [new OpusEncoder(16_000), new OpusDecoder(16_000)] as const,
    );
    const heard = new Int16Array(320);
    for (const [encoder, decoder] of all) {
      expect(decoder.decode(encoder.encode(pcm), heard)).toBe(320);
    }
    for (const one of all.flat()) one.close();
    for (const one of all.flat()) one.close();
  };
  round();
  const { byteLength } = memory.buffer;
  expect(byteLength).toBeGreaterThan(16 * 2 ** 20);
  for (let again = 0; again < 3; again += 1) round();
  expect(memory.buffer.byteLength).toBe(byteLength);
  expect(opusLibrary().inUse).toBe(0);
});
