import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioReading } from '@/lib/protocol/audio/audio-file';
import { readFlac } from '@/lib/protocol/audio/flac';
import { readOggOpus } from '@/lib/protocol/audio/ogg-opus';
import { RateConverter } from '@/lib/protocol/audio/rate-converter';
import { opusLibrary } from '@/lib/protocol/codecs/opus-library';
import { goertzelPower, goertzelShare } from '@/lib/protocol/dtmf/goertzel';
import { rms } from '@/tests/unit/protocol/codecs/signals';

/** Files made by `flac` and `opusenc`, of tones at 0.4 of full scale. */
const fixture = (name: string) => readFileSync(path.resolve('tests/fixtures/sounds', name));

function samples(reading: AudioReading): Float32Array {
  if (!reading.ok) throw new Error(reading.reason);
  return Float32Array.from([...reading.file.pieces()].flatMap((piece) => [...piece]));
}

const hasTone = (of: Float32Array, hz: number, rateHz: number) =>
  Math.sqrt(2 * goertzelPower(of, hz, rateHz));

describe('a FLAC file', () => {
  test('of two channels is read as their mean, to the sample', () => {
    const reading = readFlac(fixture('stereo-44100.flac'));
    expect(reading).toMatchObject({ ok: true, file: { sampleRateHz: 44_100 } });
    const all = samples(reading);
    expect(all.length).toBe(17_640);
    for (const hz of [440, 880]) expect(hasTone(all, hz, 44_100)).toBeCloseTo(0.2, 2);
    const wanted = (index: number) =>
      0.2 * Math.sin((2 * Math.PI * 440 * index) / 44_100) +
      0.2 * Math.sin((2 * Math.PI * 880 * index) / 44_100);
    for (let index = 0; index < all.length; index += 97) {
      expect(all[index]).toBeCloseTo(wanted(index), 3);
    }
  });

  test('of 24 bits is read', () => {
    const all = samples(readFlac(fixture('mono-48000-24-bit.flac')));
    expect(all.length).toBe(14_400);
    expect(hasTone(all, 1_000, 48_000)).toBeCloseTo(0.4, 3);
  });

  test('that is cut off is read up to there', () => {
    const whole = fixture('stereo-44100.flac');
    const all = samples(readFlac(whole.subarray(0, Math.floor(whole.length * 0.7))));
    expect(all.length).toBeGreaterThan(4_000);
    expect(all.length).toBeLessThan(17_640);
  });
});

describe('an Opus file', () => {
  test('is read at 16 kHz, mixed, without what its encoder put before it', () => {
    const reading = readOggOpus(fixture('stereo.opus'));
    expect(reading).toMatchObject({ ok: true, file: { sampleRateHz: 16_000 } });
    const all = samples(reading);
    expect(all.length / 16_000).toBeGreaterThan(0.38);
    expect(all.length / 16_000).toBeLessThan(0.46);
    const middle = all.subarray(1_600, 6_000);
    const share = [440, 880].map((hz) => goertzelShare(middle, hz, 16_000));
    expect(share.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0.9);
    expect(opusLibrary().inUse).toBe(0);
  });

  test('frees its decoder where nobody reads it to the end', () => {
    const reading = readOggOpus(fixture('stereo.opus'));
    for (const piece of reading.ok ? reading.file.pieces() : []) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(opusLibrary().inUse).toBe(0);
  });
});

describe('a file that is none', () => {
  test.each([readFlac, readOggOpus])('is refused in words', (read) => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('RIFF'),
      fixture('stereo.opus').subarray(0, 30),
    ]) {
      expect(read(bytes)).toMatchObject({ ok: false });
    }
  });

  test.each([
    ['stereo-44100.flac', readFlac],
    ['mono-48000-24-bit.flac', readFlac],
    ['stereo.opus', readOggOpus],
  ] as const)('a spoilt %s never throws, and never makes more than it could hold', (name, read) => {
    const whole = fixture(name);
    const spoilt = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 });
    fc.assert(
      fc.property(spoilt, (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        const reading = read(bytes);
        let made = 0;
        for (const piece of reading.ok ? reading.file.pieces() : []) made += piece.length;
        // A frame says "65,535 times the same" in a dozen bytes.
        expect(made).toBeLessThan(whole.length * 8_192);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a change of rate', () => {
  test.each([8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000])(
    'from %i Hz keeps a tone, its strength and its length, and lets nothing fold',
    (fromHz) => {
      const converter = new RateConverter(fromHz, 16_000);
      const hz = [1_000, 9_500];
      const source = Float32Array.from({ length: fromHz / 2 }, (_, index) =>
        hz
          .filter((one) => one < fromHz / 2)
          .reduce((sum, one) => sum + 0.3 * Math.sin((2 * Math.PI * one * index) / fromHz), 0),
      );
      const pieces: number[] = [];
      for (let at = 0; at < source.length; at += 1_000) {
        pieces.push(...converter.push(source.subarray(at, at + 1_000)));
      }
      pieces.push(...converter.end());
      const made = Float32Array.from(pieces);
      expect(Math.abs(made.length - 8_000)).toBeLessThanOrEqual(1);
      const middle = made.subarray(800, 7_200);
      expect(hasTone(middle, 1_000, 16_000)).toBeCloseTo(0.3, 2);
      expect(goertzelShare(middle, 1_000, 16_000)).toBeGreaterThan(0.999);
      expect(rms(middle)).toBeCloseTo(0.3 / Math.SQRT2, 2);
    },
  );
});
