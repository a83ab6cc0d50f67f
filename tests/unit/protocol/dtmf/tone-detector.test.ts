import { expect, test } from 'vitest';
import { G711Decoder, G711Encoder } from '@/lib/protocol/codecs/g711';
import { COLUMNS_HZ, digitAt, ROWS_HZ } from '@/lib/protocol/dtmf/digits';
import { ToneDetector } from '@/lib/protocol/dtmf/tone-detector';
import { ToneGenerator } from '@/lib/protocol/dtmf/tone-generator';
import { dice, speechLike } from '@/tests/unit/protocol/codecs/signals';

const ALL = [...'0123456789*#ABCD'];
const RATES = [8_000, 16_000] as const;

/** Two tones, a pause before and after. */
function tones(
  rateHz: number,
  low: { hz: number; peak: number },
  high: { hz: number; peak: number; ms: number; seed?: number; noise?: number },
): Int16Array {
  const random = dice(high.seed ?? 1);
  const pause = (rateHz * 60) / 1_000;
  const length = Math.round((rateHz * high.ms) / 1_000);
  return Int16Array.from({ length: length + 2 * pause }, (_, index) => {
    const time = (index - pause) / rateHz;
    const noise = (high.noise ?? 0) * (random() - 0.5);
    if (index < pause || index >= pause + length) return Math.round(noise);
    const row = low.peak * Math.sin(2 * Math.PI * low.hz * time);
    return Math.round(row + high.peak * Math.sin(2 * Math.PI * high.hz * time) + noise);
  });
}

/** All keys that are found, in pieces of some samples. */
function heard(rateHz: number, pcm: Int16Array, piece = rateHz / 50): string {
  const detector = new ToneDetector(rateHz);
  let digits = '';
  for (let start = 0; start < pcm.length; start += piece) {
    digits += detector.feed(pcm.subarray(start, start + piece)) ?? '';
  }
  return digits;
}

const eachKey = ROWS_HZ.flatMap((row, r) =>
  COLUMNS_HZ.map((column, c) => ({ digit: digitAt(r, c), row, column })),
);

test.each(RATES)('at %d Hz every key that we make is found, once', (rateHz) => {
  const generator = new ToneGenerator(rateHz);
  const pcm = ALL.flatMap((digit) => {
    const tone = new Int16Array(rateHz / 10);
    generator.start(digit, -10);
    generator.fill(tone);
    return [...tone, ...new Int16Array(rateHz / 20)];
  });
  for (const piece of [rateHz / 100, rateHz / 50, 77]) {
    expect(heard(rateHz, Int16Array.from(pcm), piece)).toBe(ALL.join(''));
  }
});

test('a key of 40 ms is found wherever it starts, one of 23 ms is not', () => {
  for (let offset = 0; offset < 102; offset += 6) {
    for (const { digit, row, column } of eachKey) {
      const at = (ms: number): string => {
        const pcm = tones(8_000, { hz: row, peak: 4_000 }, { hz: column, peak: 4_000, ms });
        return heard(8_000, pcm.subarray(offset));
      };
      expect([at(40), at(23)]).toEqual([digit, '']);
    }
  }
});

test('frequencies within 1.5 % are the key, beyond 3.5 % they are not', () => {
  for (const { digit, row, column } of eachKey) {
    for (const side of [-1, 1]) {
      const off = (share: number): string => {
        const by = 1 + side * share;
        const high = { hz: column * by, peak: 4_000, ms: 60 };
        return heard(8_000, tones(8_000, { hz: row * by, peak: 4_000 }, high));
      };
      expect([off(0.015), off(0.035)]).toEqual([digit, '']);
    }
  }
});

test('one tone may be weaker than the other, but not by everything', () => {
  const by = (lowDb: number, highDb: number): string =>
    heard(
      8_000,
      tones(
        8_000,
        { hz: 770, peak: 6_000 * 10 ** (lowDb / 20) },
        { hz: 1_336, peak: 6_000 * 10 ** (highDb / 20), ms: 80 },
      ),
    );
  expect([by(0, -7), by(-3, 0), by(0, -10), by(-7, 0)]).toEqual(['5', '5', '', '']);
});

test('a key is heard from −3 to −29 dBm0 a tone, and no longer at −36', () => {
  const at = (dbm0: number): string => {
    const peak = Math.SQRT2 * 16_140 * 10 ** (dbm0 / 20);
    return heard(8_000, tones(8_000, { hz: 852, peak }, { hz: 1_209, peak, ms: 80 }));
  };
  expect([-6, -15, -25, -29, -36].map(at)).toEqual(['7', '7', '7', '7', '']);
});

test('noise 15 dB below hides no key', () => {
  for (let seed = 1; seed < 20; seed += 1) {
    const high = { hz: 1_477, peak: 4_000, ms: 70, seed, noise: 2_400 };
    expect(heard(8_000, tones(8_000, { hz: 941, peak: 4_000 }, high))).toBe('#');
  }
});

test('a gap of 10 ms does not make two keys of one, one of 40 ms does', () => {
  const pressed = (gapMs: number): string => {
    const pcm = tones(8_000, { hz: 697, peak: 4_000 }, { hz: 1_209, peak: 4_000, ms: 200 });
    return heard(8_000, pcm.fill(0, 1_200, 1_200 + gapMs * 8));
  };
  expect([pressed(10), pressed(40)]).toEqual(['1', '11']);
});

test('a minute of something like speech presses no key', () => {
  for (const rateHz of RATES) {
    for (let seed = 1; seed <= 6; seed += 1) {
      expect(heard(rateHz, speechLike(rateHz, 10_000, seed))).toBe('');
    }
  }
});

test('single tones, dial tones and noise press no key', () => {
  const random = dice(3);
  const sounds = [
    (t: number) => 8_000 * Math.sin(2 * Math.PI * 770 * t),
    (t: number) => 8_000 * Math.sin(2 * Math.PI * 1_336 * t),
    (t: number) => 5_000 * (Math.sin(2 * Math.PI * 350 * t) + Math.sin(2 * Math.PI * 440 * t)),
    (t: number) => 5_000 * (Math.sin(2 * Math.PI * 1_100 * t) + Math.sin(2 * Math.PI * 697 * t)),
    () => 20_000 * (random() - 0.5),
  ];
  for (const sound of sounds) {
    const pcm = Int16Array.from({ length: 16_000 }, (_, index) => Math.round(sound(index / 8_000)));
    expect(heard(8_000, pcm)).toBe('');
  }
});

test.each(['PCMA', 'PCMU'] as const)('keys survive %s', (law) => {
  const generator = new ToneGenerator(8_000);
  const [encoder, decoder] = [new G711Encoder(law), new G711Decoder(law)];
  const detector = new ToneDetector(8_000);
  let found = '';
  for (const digit of ALL) {
    generator.start(digit, -20);
    for (let frame = 0; frame < 8; frame += 1) {
      const pcm = new Int16Array(160);
      if (frame < 5) generator.fill(pcm);
      const out = new Int16Array(160);
      decoder.decode(encoder.encode(pcm), out);
      found += detector.feed(out) ?? '';
    }
  }
  expect(found).toBe(ALL.join(''));
});
