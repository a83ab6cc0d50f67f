import { expect, test } from 'vitest';
import { TONES_BY_COUNTRY } from '@/lib/core/network-tones';
import { goertzelShare } from '@/lib/protocol/dtmf/goertzel';
import { sourceOf } from '@/lib/switch/media/relay/sound-source';
import { briefTone, toneOf, warningTone } from '@/lib/switch/sounds/tones';
import { rms } from '@/tests/unit/protocol/codecs/signals';

const RATE_HZ = 8_000;

/** The first so many ms of what is heard. */
function heard(playback: ReturnType<typeof toneOf>, ms: number): Int16Array {
  const out = new Int16Array((RATE_HZ * ms) / 1_000);
  sourceOf(playback, RATE_HZ)?.fill(out);
  return out;
}

test.each([
  { country: 'US', frequenciesHz: [440, 480], onMs: 2_000, roundMs: 6_000 },
  { country: 'GB', frequenciesHz: [400, 450], onMs: 400, roundMs: 600 },
  { country: 'DE', frequenciesHz: [425], onMs: 1_000, roundMs: 5_000 },
  { country: 'FR', frequenciesHz: [440], onMs: 1_500, roundMs: 5_000 },
  { country: 'one without a table', frequenciesHz: [425], onMs: 1_000, roundMs: 5_000 },
])('it rings in $country as people there know it', (known) => {
  const { country, frequenciesHz, onMs, roundMs } = known;
  const samples = heard(toneOf('ringback', country), roundMs + 100);
  const on = samples.subarray(0, (RATE_HZ * onMs) / 1_000);
  const shares = frequenciesHz.map((hz) => goertzelShare(on, hz, RATE_HZ));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.95);
  expect(Math.min(...shares)).toBeGreaterThan(0.9 / frequenciesHz.length);
  expect(rms(samples.subarray(on.length, (RATE_HZ * roundMs) / 1_000))).toBe(0);
  expect(rms(samples.subarray((RATE_HZ * roundMs) / 1_000))).toBeGreaterThan(1_000);
});

test('the special information tone rises by the three frequencies of E.180', () => {
  const samples = heard(toneOf('information', 'US'), 990);
  for (const [index, hz] of [950, 1_400, 1_800].entries()) {
    const third = samples.subarray(index * 2_640, (index + 1) * 2_640);
    expect(goertzelShare(third, hz, RATE_HZ)).toBeGreaterThan(0.95);
  }
});

test('at least 30 countries have tones of their own, each of frequencies that telephones carry', () => {
  const countries = Object.keys(TONES_BY_COUNTRY);
  expect(countries.length).toBeGreaterThanOrEqual(30);
  for (const country of countries) {
    expect(country).toMatch(/^[A-Z]{2}$/);
    for (const name of ['ringback', 'busy', 'congestion'] as const) {
      const { sound } = toneOf(name, country);
      if (sound.kind !== 'tone') throw new Error(country);
      for (const { frequenciesHz, durationMs } of sound.steps) {
        for (const hz of frequenciesHz) expect(hz > 300 && hz < 3_400).toBe(true);
        expect(durationMs > 0 && durationMs <= 5_000).toBe(true);
      }
      expect(sound.steps.some(({ frequenciesHz }) => frequenciesHz.length > 0)).toBe(true);
    }
  }
});

test('a brief tone is whole rounds of it, and ends in time', () => {
  expect(briefTone('busy', 'DE', 4_000)).toMatchObject({ times: 4 });
  expect(briefTone('ringback', 'SE', 1_000)).toMatchObject({ times: 1 });
});

test('the warning is heard once, and for no longer than 300 ms', () => {
  const warning = warningTone();
  if (warning.sound.kind !== 'tone') throw new Error('no tone');
  const ms = warning.sound.steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  expect({ ms, times: warning.times }).toEqual({ ms: 300, times: 1 });
});
