import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceCall } from '@/lib/core/rating/price';
import {
  type RateSnapshot,
  rateFromSnapshot,
  replayCharge,
  snapshotOf,
} from '@/lib/core/rating/snapshot';
import { atAnswer } from '@/lib/core/rating/timetable';
import { anyAnswerMs, anyDuration, anyRate, PINNED_MS, rateOf } from './arbitraries';

/** As jsonb gives it back: keys by length, then alphabetically. */
function asStored(snapshot: RateSnapshot): RateSnapshot {
  const entries = Object.entries(snapshot).sort(
    ([left], [right]) => left.length - right.length || (left < right ? -1 : 1),
  );
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}

describe('a rate snapshot', () => {
  it('is plain JSON with decimal strings for money', () => {
    const snapshot = snapshotOf(rateOf({ connectFeeMicro: 10_000n, beatenLengths: 0b10 }));
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
      fc.property(anyRate, anyDuration, anyAnswerMs, (pinned, duration, answeredAtMs) => {
        const rate = atAnswer(pinned, answeredAtMs);
        expect(replayCharge(asStored(snapshotOf(rate)), duration)).toEqual(
          priceCall(rate, duration),
        );
      }),
    );
  });

  it('stays in version 1 for what that can say, so that old charges replay byte for byte', () => {
    expect(snapshotOf(rateOf()).v).toBe(1);
    expect(snapshotOf(rateOf({ freeSeconds: 1 })).v).toBe(2);
    expect(snapshotOf(rateOf({ bundleSeconds: 60 })).v).toBe(2);
    const old = snapshotOf(rateOf({ connectFeeMicro: 10_000n }));
    expect(Object.keys(old)).not.toContain('freeSeconds');
    expect(rateFromSnapshot(asStored(old)).freeSeconds).toBe(0);
  });

  it('of bands keeps the timetable from the answer on: no plan and no time zone is needed again', () => {
    const spans = [0, 60_000, 120_000].map((after, index) => ({
      fromMs: PINNED_MS + after,
      name: `band ${index}`,
      firstPerMinuteNano: 60_000_000n,
      nextPerMinuteNano: BigInt(index + 1) * 60_000_000n,
    }));
    const rate = rateOf({ bandSpans: spans, firstSeconds: 0 });
    const snapshot = snapshotOf(atAnswer(rate, PINNED_MS + 90_000));
    expect(snapshot).toMatchObject({
      v: 2,
      bands: [
        { from: '2026-11-30T00:01:30.000Z', band: 'band 1', nextPerMinute: '0.1200' },
        { from: '2026-11-30T00:02:00.000Z', band: 'band 2', nextPerMinute: '0.1800' },
      ],
    });
    // 30 s at 0.12 and 10 s at 0.18.
    expect(replayCharge(asStored(snapshot), 40).amountMicro).toBe(90_000n);
  });
});
