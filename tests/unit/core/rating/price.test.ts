import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMicro, parseMicro, parsePerMinute } from '@/lib/core/money';
import { billedSeconds } from '@/lib/core/rating/increments';
import { exactPrice, PRICE_DENOMINATOR, priceCall } from '@/lib/core/rating/price';
import { anyDuration, anyRate, rateOf } from './arbitraries';

const perMinute = (text: string) => ({
  firstPerMinuteNano: parsePerMinute(text),
  nextPerMinuteNano: parsePerMinute(text),
});

describe('billed seconds', () => {
  it.each([
    ['1/1', 7, 7],
    ['60/60', 61, 120],
    ['30/6', 32, 36],
    ['30/6', 57, 60],
    ['30/6', 75, 78],
    ['10/6', 11, 16],
    ['30/18', 31, 48],
    ['60/45', 61, 105],
    ['60/60', 0, 0],
    ['60/60', 1, 60],
    ['60/60', 60, 60],
    ['0/6', 1, 6],
    ['60/1', 61, 61],
  ])('of a call at %s that lasts %i s are %i', (increments, duration, billed) => {
    const [firstSeconds = 0, nextSeconds = 0] = increments.split('/').map(Number);
    expect(billedSeconds(duration, { firstSeconds, nextSeconds })).toBe(billed);
  });

  it('are never fewer than the duration, and never a whole increment too many', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, (rate, duration) => {
        const billed = billedSeconds(duration, rate);
        expect(billed).toBeGreaterThanOrEqual(duration);
        if (duration > rate.firstSeconds) expect(billed - duration).toBeLessThan(rate.nextSeconds);
        if (duration === 0) expect(billed).toBe(0);
      }),
    );
  });

  it('stay the same when rated again: a billed duration is a whole number of increments', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, (rate, duration) => {
        const billed = billedSeconds(duration, rate);
        expect(billedSeconds(billed, rate)).toBe(billed);
      }),
    );
  });
});

describe('the price of a call', () => {
  it.each([
    [32, '0.003600'],
    [57, '0.006000'],
    [75, '0.007800'],
  ])('at 30/6 and 0.006 a minute for %i s is %s', (duration, amount) => {
    const rate = rateOf({ firstSeconds: 30, nextSeconds: 6, ...perMinute('0.006') });
    expect(formatMicro(priceCall(rate, duration).amountMicro)).toBe(amount);
  });

  it('is rounded once for the line, not once an increment: 60 × 1 s at 0.05 is exactly 0.05', () => {
    expect(formatMicro(priceCall(rateOf(perMinute('0.05')), 60).amountMicro)).toBe('0.050000');
  });

  it('takes first and next rates of their own, the fee once', () => {
    const rate = rateOf({
      firstSeconds: 60,
      nextSeconds: 6,
      firstPerMinuteNano: parsePerMinute('0.10'),
      nextPerMinuteNano: parsePerMinute('0.02'),
      connectFeeMicro: parseMicro('0.05'),
    });
    // 0.05 + 60 s at 0.10 + 6 s at 0.02
    expect(priceCall(rate, 61)).toEqual({ billedSeconds: 66, amountMicro: parseMicro('0.152') });
  });

  it('is never below the minimum cost once the call was answered', () => {
    const rate = rateOf({ minimumMicro: parseMicro('0.02'), ...perMinute('0.006') });
    expect(priceCall(rate, 1).amountMicro).toBe(parseMicro('0.02'));
    expect(priceCall(rate, 600).amountMicro).toBe(parseMicro('0.06'));
  });

  it('is nothing for a call that was not answered, whatever fee and minimum say', () => {
    const rate = rateOf({ connectFeeMicro: 10_000n, minimumMicro: 20_000n });
    expect(priceCall(rate, 0)).toEqual({ billedSeconds: 0, amountMicro: 0n });
  });

  it('is nothing below the no-charge threshold and the full price from it on', () => {
    const rate = rateOf({ noChargeSeconds: 6, connectFeeMicro: 10_000n, ...perMinute('0.06') });
    expect(priceCall(rate, 5)).toEqual({ billedSeconds: 0, amountMicro: 0n });
    expect(priceCall(rate, 6)).toEqual({ billedSeconds: 6, amountMicro: 16_000n });
  });

  it.each([
    ['half_up', 2n],
    ['half_even', 2n],
    ['up', 2n],
    ['down', 1n],
  ] as const)('rounds 1.5 micro %s to %i', (rounding, amount) => {
    expect(priceCall(rateOf({ rounding, ...perMinute('0.00009') }), 1).amountMicro).toBe(amount);
  });

  it('rounds 2.5 micro by the mode of the deck', () => {
    const amount = (rounding: 'half_up' | 'half_even') =>
      priceCall(rateOf({ rounding, ...perMinute('0.00015') }), 1).amountMicro;
    expect([amount('half_up'), amount('half_even')]).toEqual([3n, 2n]);
  });

  it('stays exact where 32-bit seconds or doubles would not', () => {
    const rate = rateOf(perMinute('999999.999999999'));
    // 86,400 s are 1,440 minutes.
    expect(priceCall(rate, 86_400).amountMicro).toBe(1_440_000_000_000_000n - 1n);
    expect(priceCall(rate, 40_000).billedSeconds).toBe(40_000);
  });

  it('never falls when the call lasts longer', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, anyDuration, (rate, one, other) => {
        const [shorter, longer] = one < other ? [one, other] : [other, one];
        const difference =
          priceCall(rate, longer).amountMicro - priceCall(rate, shorter).amountMicro;
        expect(difference >= 0n).toBe(true);
      }),
    );
  });

  it('split at a whole increment, sums to the whole before it is rounded', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, anyDuration, (rate, one, other) => {
        const at = billedSeconds(Math.max(1, one), rate);
        const whole = billedSeconds(at + other, rate);
        const paid = whole - Math.max(at, Math.min(whole, rate.freeSeconds));
        const rest = BigInt(paid) * rate.nextPerMinuteNano;
        expect(exactPrice(rate, at) + rest).toBe(exactPrice(rate, whole));
      }),
    );
  });

  it('is off the exact value by less than a micro-unit, and by at most half of one when halves are rounded', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, (rate, duration) => {
        const { billedSeconds: billed, amountMicro } = priceCall(
          { ...rate, minimumMicro: 0n },
          duration,
        );
        const off = amountMicro * PRICE_DENOMINATOR - exactPrice(rate, billed);
        const size = off < 0n ? -off : off;
        if (rate.rounding === 'up') expect(off >= 0n && size < PRICE_DENOMINATOR).toBe(true);
        else if (rate.rounding === 'down') expect(off <= 0n && size < PRICE_DENOMINATOR).toBe(true);
        else expect(size * 2n <= PRICE_DENOMINATOR).toBe(true);
      }),
    );
  });
});
