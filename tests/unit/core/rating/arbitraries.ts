import fc from 'fast-check';
import { parseCurrency } from '@/lib/core/money';
import type { Rate } from '@/lib/core/rating/rate';

/** Rates as decks have them: from free to absurd, all roundings, odd increments. */
export const anyRate: fc.Arbitrary<Rate> = fc.record({
  deckId: fc.uuid(),
  deckName: fc.string({ maxLength: 20 }),
  deckVersion: fc.integer({ min: 1, max: 1_000 }),
  currency: fc.constantFrom('USD', 'EUR', 'JPY').map(parseCurrency),
  rounding: fc.constantFrom('half_up', 'half_even', 'up', 'down'),
  prefix: fc.stringMatching(/^\d{0,15}$/),
  destination: fc.string({ maxLength: 20 }),
  firstSeconds: fc.oneof(fc.constantFrom(0, 1, 6, 30, 60), fc.integer({ min: 0, max: 300 })),
  nextSeconds: fc.oneof(fc.constantFrom(1, 6, 18, 60), fc.integer({ min: 1, max: 300 })),
  firstPerMinuteNano: fc.bigInt({ min: 0n, max: 20_000_000_000n }),
  nextPerMinuteNano: fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 0n, max: 100n }),
    fc.bigInt({ min: 0n, max: 20_000_000_000n }),
  ),
  connectFeeMicro: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 5_000_000n })),
  minimumMicro: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 5_000_000n })),
  noChargeSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
  freeSeconds: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 120 })),
  beatenPrefixes: fc.array(fc.stringMatching(/^\d{0,14}$/), { maxLength: 3 }),
});

/** From an unanswered call to the longest one. */
export const anyDuration = fc.oneof(
  fc.integer({ min: 0, max: 400 }),
  fc.integer({ min: 0, max: 86_400 }),
);

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
    beatenPrefixes: [],
    ...terms,
  };
}
