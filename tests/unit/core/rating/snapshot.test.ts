import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceCall } from '@/lib/core/rating/price';
import {
  type RateSnapshot,
  rateFromSnapshot,
  replayCharge,
  snapshotOf,
} from '@/lib/core/rating/snapshot';
import { anyDuration, anyRate, rateOf } from './arbitraries';

/** As jsonb gives it back: keys by length, then alphabetically. */
function asStored(snapshot: RateSnapshot): RateSnapshot {
  const entries = Object.entries(snapshot).sort(
    ([left], [right]) => left.length - right.length || (left < right ? -1 : 1),
  );
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}

describe('a rate snapshot', () => {
  it('is plain JSON with decimal strings for money', () => {
    const snapshot = snapshotOf(rateOf({ connectFeeMicro: 10_000n, beatenPrefixes: ['4'] }));
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual({
      v: 1,
      deckId: '018f0000-0000-7000-8000-000000000001',
      deckName: 'test',
      deckVersion: 1,
      currency: 'USD',
      rounding: 'half_up',
      prefix: '44',
      destination: 'United Kingdom',
      firstSeconds: 1,
      nextSeconds: 1,
      firstPerMinute: '0.0100',
      nextPerMinute: '0.0100',
      connectFee: '0.010000',
      minimum: '0.000000',
      noChargeSeconds: 0,
      beatenPrefixes: ['4'],
    });
  });

  it('written, stored, read and written again is byte-equal', () => {
    fc.assert(
      fc.property(anyRate, (rate) => {
        const written = snapshotOf(rate);
        const again = snapshotOf(rateFromSnapshot(asStored(written)));
        expect(JSON.stringify(again)).toBe(JSON.stringify(written));
        expect(rateFromSnapshot(written)).toEqual(rate);
      }),
    );
  });

  it('replays to the same charge', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, (rate, duration) => {
        expect(replayCharge(asStored(snapshotOf(rate)), duration)).toEqual(
          priceCall(rate, duration),
        );
      }),
    );
  });
});
