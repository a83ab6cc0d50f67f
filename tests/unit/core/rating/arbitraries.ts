import fc from 'fast-check';
import { parseCurrency } from '@/lib/core/money';
import type { BandSpan, Rate } from '@/lib/core/rating/rate';

/** When the timetables of these tests begin: a Monday, 00:00 in UTC. */
export const PINNED_MS = Date.UTC(2026, 10, 30);

const anyPrice = fc.bigInt({ min: 0n, max: 20_000_000_000n });

/** Timetables that change often enough to be met by short calls, at odd milliseconds. */
const anySpans: fc.Arbitrary<readonly BandSpan[]> = fc
  .array(
    fc.record({
      after: fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 7_200_000 })),
      name: fc.constantFrom('peak', 'evening', 'weekend'),
      firstPerMinuteNano: anyPrice,
      nextPerMinuteNano: anyPrice,
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((stretches) => {
    let fromMs = PINNED_MS;
    return stretches.map(({ after, ...prices }, index) => {
      if (index > 0) fromMs += after;
      return { fromMs, ...prices };
    });
  });

/** Rates as decks have them: from free to absurd, all roundings, odd increments, and all knobs. */
export const anyRate: fc.Arbitrary<Rate> = fc
  .tuple(
    fc.record({
      deckId: fc.uuid(),
      deckName: fc.string({ maxLength: 20 }),
      deckVersion: fc.integer({ min: 1, max: 1_000 }),
      currency: fc.constantFrom('USD', 'EUR', 'JPY').map(parseCurrency),
      rounding: fc.constantFrom('half_up', 'half_even', 'up', 'down'),
      prefix: fc.stringMatching(/^\d{0,15}$/),
      destination: fc.string({ maxLength: 20 }),
      firstSeconds: fc.oneof(fc.constantFrom(0, 1, 6, 30, 60), fc.integer({ min: 0, max: 300 })),
      nextSeconds: fc.oneof(fc.constantFrom(1, 6, 18, 60), fc.integer({ min: 1, max: 300 })),
      firstPerMinuteNano: anyPrice,
      nextPerMinuteNano: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 100n }), anyPrice),
      connectFeeMicro: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 5_000_000n })),
      minimumMicro: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 5_000_000n })),
      noChargeSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
      freeSeconds: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 120 })),
      beatenLengths: fc.nat({ max: 0x7fff }),
    }),
    fc.record(
      {
        bandSpans: anySpans,
        bundleSeconds: fc.oneof(
          fc.integer({ min: 1, max: 400 }),
          fc.integer({ min: 1, max: 90_000 }),
        ),
        reverseBilled: fc.constant(true as const),
        decimals: fc.integer({ min: 0, max: 5 }),
        markup: fc.record({
          ppm: fc.integer({ min: 0, max: 5_000_000 }),
          minimumPerMinuteNano: fc.bigInt({ min: 0n, max: 100_000_000n }),
        }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([basics, further]) => ({
    ...basics,
    ...further,
    // Shorter ones than its own.
    beatenLengths: basics.beatenLengths & ((1 << basics.prefix.length) - 1),
  }));

/** From an unanswered call to the longest one. */
export const anyDuration = fc.oneof(
  fc.integer({ min: 0, max: 400 }),
  fc.integer({ min: 0, max: 86_400 }),
);

/** From the pin to an answer later than any phone rings. */
export const anyAnswerMs = fc.integer({ min: PINNED_MS - 5_000, max: PINNED_MS + 700_000 });

/** A plain rate with a few terms changed. */
export function rateOf(terms: Partial<Rate> = {}): Rate {
  return {
    deckId: '018f0000-0000-7000-8000-000000000001',
    deckName: 'test',
    deckVersion: 1,
    currency: parseCurrency('USD'),
    rounding: 'half_up',
    prefix: '44',
    destination: 'United Kingdom',
    firstSeconds: 1,
    nextSeconds: 1,
    firstPerMinuteNano: 10_000_000n,
    nextPerMinuteNano: 10_000_000n,
    connectFeeMicro: 0n,
    minimumMicro: 0n,
    noChargeSeconds: 0,
    freeSeconds: 0,
    beatenLengths: 0,
    ...terms,
  };
}
