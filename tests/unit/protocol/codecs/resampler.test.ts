import { expect, test } from 'vitest';
import { Resampler } from '@/lib/protocol/codecs/resampler';
import type { SampleRateHz } from '@/lib/protocol/codecs/voice-codec';
import { rms, tone } from './signals';

type Way = readonly [from: SampleRateHz, to: SampleRateHz];
const WAYS: readonly Way[] = [
  [8_000, 16_000],
  [16_000, 8_000],
  [16_000, 48_000],
  [48_000, 16_000],
  [8_000, 48_000],
  [48_000, 8_000],
];

/** Resamples in pieces of some ms, and leaves the first 20 ms out, in which the filter fills. */
function through([from, to]: Way, pcm: Int16Array, pieceMs = 20): Int16Array {
  const resampler = new Resampler(from, to);
  const piece = (from * pieceMs) / 1_000;
  const out = new Int16Array((pcm.length * to) / from);
  let made = 0;
  for (let start = 0; start < pcm.length; start += piece) {
    made += resampler.process(pcm.subarray(start, start + piece), out.subarray(made));
  }
  expect(made).toBe(out.length);
  return out.subarray(to / 50);
}

const decibels = (ratio: number): number => 20 * Math.log10(ratio);

test.each(WAYS)('%d to %d Hz: tones up to 3.4 kHz keep their strength', (...way) => {
  for (const toneHz of [50, 300, 1_000, 2_000, 3_000, 3_400]) {
    const pcm = tone(way[0], toneHz, { ms: 500 });
    expect(Math.abs(decibels(rms(through(way, pcm)) / rms(pcm)))).toBeLessThan(0.3);
  }
});

test.each(WAYS)('%d to %d Hz: what comes out is the tone and nothing else', (...way) => {
  const [, to] = way;
  const heard = through(way, tone(way[0], 1_000, { ms: 520 }));
  // A tone of its own rate, fitted by its phase, taken away.
  let [sine, cosine] = [0, 0];
  for (const [index, sample] of heard.entries()) {
    sine += (sample * Math.sin((2 * Math.PI * 1_000 * index) / to) * 2) / heard.length;
    cosine += (sample * Math.cos((2 * Math.PI * 1_000 * index) / to) * 2) / heard.length;
  }
  const rest = heard.map((sample, index) => {
    const angle = (2 * Math.PI * 1_000 * index) / to;
    return sample - sine * Math.sin(angle) - cosine * Math.cos(angle);
  });
  expect(decibels(rms(rest) / rms(heard))).toBeLessThan(-55);
});

test.each([
  [16_000, 8_000, 4_600],
  [16_000, 8_000, 6_000],
  [48_000, 8_000, 4_600],
  [48_000, 8_000, 15_000],
  [48_000, 16_000, 9_200],
  [48_000, 16_000, 20_000],
] as const)(
  '%d to %d Hz: a tone of %d Hz, which has no place there, is gone',
  (from, to, toneHz) => {
    const pcm = tone(from, toneHz, { ms: 500 });
    expect(decibels(rms(through([from, to], pcm)) / rms(pcm))).toBeLessThan(-50);
  },
);

test.each(WAYS)('%d to %d Hz: the pieces in which it comes leave no trace', (...way) => {
  const pcm = tone(way[0], 440, { ms: 120 });
  const whole = through(way, pcm, 60);
  for (const pieceMs of [1, 10, 20, 30]) expect(through(way, pcm, pieceMs)).toEqual(whole);
});

test('the loudest is limited, not wrapped', () => {
  const square = Int16Array.from({ length: 1_600 }, (_, index) =>
    Math.floor(index / 20) % 2 === 0 ? 32_767 : -32_768,
  );
  const heard = Float64Array.from(through([8_000, 16_000], square));
  // A change of sign takes some samples; between changes all is as loud as it can be.
  const loud = heard.filter((sample) => Math.abs(sample) > 25_000);
  expect(loud.length / heard.length).toBeGreaterThan(0.85);
  const changes = heard.filter((sample, index) => sample * (heard[index - 1] ?? sample) < 0);
  expect(changes.length).toBeLessThanOrEqual(80);
});
