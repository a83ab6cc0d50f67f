import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import { parseMicro, parsePerMinute } from '@/lib/core/money';
import {
  costOfGrant,
  decideGrant,
  maxSecondsFor,
  reachSeconds,
  type SliceContext,
  sliceSeconds,
} from '@/lib/core/rating/grants';
import { billedSeconds } from '@/lib/core/rating/increments';
import type { PricedTerms } from '@/lib/core/rating/price';
import { priceCall } from '@/lib/core/rating/price';
import { atAnswer, beforeAnswer, forHolding } from '@/lib/core/rating/timetable';
import { anyAnswerMs, anyDuration, anyRate, rateOf } from './arbitraries';

const anyFunds = fc.oneof(
  fc.bigInt({ min: 0n, max: 200n }),
  fc.bigInt({ min: 0n, max: 10_000_000n }),
  fc.bigInt({ min: 0n, max: 10_000_000_000n }),
);

const tenCents = rateOf({
  firstSeconds: 60,
  nextSeconds: 60,
  firstPerMinuteNano: parsePerMinute('0.10'),
  nextPerMinuteNano: parsePerMinute('0.10'),
});

describe('what is held', () => {
  it('covers the price of every duration that it was granted for', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, anyDuration, (rate, granted, talked) => {
        const settled = Math.min(granted, talked);
        expect(priceCall(rate, settled).amountMicro <= costOfGrant(rate, granted)).toBe(true);
      }),
    );
  });

  it('covers the price whenever it is answered, reserved before or after', () => {
    fc.assert(
      fc.property(anyRate, fc.tuple(anyDuration, anyDuration), anyAnswerMs, (rate, lasts, at) => {
        const [granted, talked] = lasts;
        const { amountMicro } = priceCall(atAnswer(rate, at), Math.min(granted, talked));
        expect(amountMicro <= costOfGrant(beforeAnswer(rate), granted)).toBe(true);
        expect(amountMicro <= costOfGrant(forHolding(rate, at), granted)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts connect fee and minimum from the first second, and never on a no-charge threshold', () => {
    const rate = rateOf({ connectFeeMicro: 10_000n, minimumMicro: 50_000n, noChargeSeconds: 10 });
    expect(costOfGrant(rate, 1)).toBe(50_000n);
    expect(costOfGrant(rate, 0)).toBe(0n);
  });
});

describe('the longest affordable call', () => {
  it.each([
    ['5.00', 3_000],
    ['0.10', 60],
    ['0.099999', 0],
    ['0.199999', 60],
    ['0', 0],
  ])('on %s at 0.10 a minute, 60/60, is %i s', (funds, seconds) => {
    expect(maxSecondsFor(tenCents, parseMicro(funds))).toBe(seconds);
  });

  it('never costs more than the funds', () => {
    fc.assert(
      fc.property(anyRate, anyFunds, (rate, funds) => {
        expect(costOfGrant(rate, maxSecondsFor(rate, funds)) <= funds).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is maximal: one more increment would cost more than the funds, or a day is over', () => {
    fc.assert(
      fc.property(anyRate, anyFunds, (rate, funds) => {
        const longest = maxSecondsFor(rate, funds);
        const more = billedSeconds(longest + 1, rate);
        expect(more > MAX_CALL_SECONDS || costOfGrant(rate, more) > funds).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a whole number of increments', () => {
    fc.assert(
      fc.property(anyRate, anyFunds, (rate, funds) => {
        const longest = maxSecondsFor(rate, funds);
        expect(billedSeconds(longest, rate)).toBe(longest);
        expect(longest).toBeLessThanOrEqual(MAX_CALL_SECONDS);
      }),
    );
  });

  it('is nothing when the wallet is overdrawn, even at a free rate', () => {
    expect(maxSecondsFor(rateOf({ nextPerMinuteNano: 0n, firstPerMinuteNano: 0n }), -1n)).toBe(0);
  });

  it('of a free rate ends after a day', () => {
    const free = rateOf({ nextPerMinuteNano: 0n, firstPerMinuteNano: 0n });
    expect(maxSecondsFor(free, 0n)).toBe(MAX_CALL_SECONDS);
  });
});

describe('a slice', () => {
  const sliceOf = (rate: PricedTerms, context: SliceContext): number =>
    sliceSeconds(rate, {
      grantedSeconds: context.grantedSeconds,
      reach: reachSeconds(rate, context),
    });

  it('is about a minute while the wallet is full, in whole increments', () => {
    const full = { grantedSeconds: 0, availableMicro: parseMicro('100'), activeCalls: 1 };
    expect(sliceOf(tenCents, full)).toBe(60);
    expect(sliceOf(rateOf({ firstSeconds: 30, nextSeconds: 18 }), full)).toBe(66);
    expect(sliceOf(rateOf(), { ...full, availableMicro: null })).toBe(60);
  });

  it('shrinks as the share of each call in the wallet shrinks', () => {
    const rate = rateOf({
      firstPerMinuteNano: parsePerMinute('0.60'),
      nextPerMinuteNano: parsePerMinute('0.60'),
    });
    const slices = [1, 4, 6, 10, 100].map((activeCalls) =>
      sliceOf(rate, { grantedSeconds: 0, availableMicro: parseMicro('10'), activeCalls }),
    );
    expect(slices).toEqual([60, 60, 41, 25, 15]);
  });

  it('ends at a whole increment of the call and is never empty', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, anyFunds, (rate, talked, availableMicro) => {
        const grantedSeconds = billedSeconds(talked, rate);
        const slice = sliceOf(rate, { grantedSeconds, availableMicro, activeCalls: 3 });
        expect(slice).toBeGreaterThan(0);
        expect(billedSeconds(grantedSeconds + slice, rate)).toBe(grantedSeconds + slice);
      }),
    );
  });

  it('is a part of what the call may reach, which the share of each call in the wallet is', () => {
    const reach = (activeCalls: number, availableMicro: bigint | null = parseMicro('0.40')) =>
      reachSeconds(tenCents, { grantedSeconds: 60, availableMicro, activeCalls });
    expect([1, 2, 4].map((calls) => reach(calls))).toEqual([300, 180, 120]);
    expect(reach(1, null)).toBe(MAX_CALL_SECONDS);
  });
});

describe('a grant over a chain', () => {
  const retail = rateOf({ firstSeconds: 60, nextSeconds: 60 });
  const wholesale = rateOf({ firstSeconds: 6, nextSeconds: 6 });

  it('is what was asked for where every hop can pay it', () => {
    const hops = [
      { rate: retail, spendableMicro: 10_000n },
      { rate: wholesale, spendableMicro: null },
    ];
    expect(decideGrant(hops, 60)).toEqual({
      grantedSeconds: 60,
      final: false,
      costsMicro: [10_000n, 10_000n],
      limitedBy: null,
    });
  });

  it('is the minimum over the chain, and says which hop it was', () => {
    const hops = [
      { rate: retail, spendableMicro: 1_000_000n },
      { rate: wholesale, spendableMicro: 9_999n },
    ];
    expect(decideGrant(hops, 60)).toEqual({
      grantedSeconds: 54,
      final: true,
      costsMicro: [10_000n, 9_000n],
      limitedBy: 1,
    });
  });

  it('is nothing at any hop where one can afford nothing', () => {
    const hops = [
      { rate: retail, spendableMicro: 1_000_000n },
      { rate: wholesale, spendableMicro: 0n },
    ];
    expect(decideGrant(hops, 60)).toEqual({
      grantedSeconds: 0,
      final: true,
      costsMicro: [0n, 0n],
      limitedBy: 1,
    });
  });

  it('never holds more than a hop can spend', () => {
    const anyHop = fc.record({ rate: anyRate, spendableMicro: anyFunds });
    fc.assert(
      fc.property(
        fc.array(anyHop, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 7_200 }),
        (hops, wanted) => {
          const grant = decideGrant(hops, wanted);
          expect(grant.grantedSeconds).toBeLessThanOrEqual(wanted);
          for (const [index, hop] of hops.entries()) {
            expect((grant.costsMicro[index] ?? 0n) <= hop.spendableMicro).toBe(true);
          }
        },
      ),
    );
  });
});
