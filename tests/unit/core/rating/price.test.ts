import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMicro, parseMicro, parsePerMinute } from '@/lib/core/money';
import { splitBundle } from '@/lib/core/rating/bundle';
import { billedSeconds } from '@/lib/core/rating/increments';
import { exactPrice, PRICE_DENOMINATOR, priceCall, priceParts } from '@/lib/core/rating/price';
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
        const sum = (until: number) =>
          priceParts(rate, until).reduce(
            (exact, part) => exact + BigInt(part.seconds) * part.perMinuteNano,
            0n,
          );
        // What comes after the split costs the same whether the call is told as one or as two.
        const parts = priceParts(rate, whole);
        let left = at;
        let before = 0n;
        for (const { seconds, perMinuteNano } of parts) {
          before += BigInt(Math.min(left, seconds)) * perMinuteNano;
          left -= Math.min(left, seconds);
        }
        expect(before).toBe(sum(at));
      }),
    );
  });

  it('is the sum of its parts and the connect fee', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, (rate, duration) => {
        const billed = billedSeconds(duration, rate);
        const parts = priceParts(rate, billed);
        expect(parts.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(billed);
        expect(parts.every(({ seconds }) => seconds > 0)).toBe(true);
        const priced = parts.reduce((sum, { seconds, perMinuteNano }) => {
          return sum + BigInt(seconds) * perMinuteNano;
        }, 0n);
        const { pricedSeconds, bundleSeconds } = splitBundle(rate.bundleSeconds ?? 0, billed, rate);
        const isFree = billed === 0 || (rate.bundleSeconds !== undefined && pricedSeconds === 0);
        const fee = isFree ? 0n : rate.connectFeeMicro * PRICE_DENOMINATOR;
        expect(exactPrice(rate, billed)).toBe(priced + fee);
        expect(bundleSeconds).toBeLessThanOrEqual(rate.bundleSeconds ?? 0);
      }),
    );
  });

  it('is rounded to the decimals of its deck, in one go, and never below the minimum', () => {
    const rate = rateOf({ decimals: 2, ...perMinute('0.0449') });
    expect(formatMicro(priceCall(rate, 60).amountMicro)).toBe('0.040000');
    expect(formatMicro(priceCall({ ...rate, rounding: 'up' }, 60).amountMicro)).toBe('0.050000');
    const least = { ...rate, minimumMicro: parseMicro('0.0450') };
    expect(formatMicro(priceCall(least, 60).amountMicro)).toBe('0.045000');
  });

  it('is off the exact value by less than its last decimal, and by at most half of it when halves are rounded', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, (rate, duration) => {
        const { billedSeconds: billed, amountMicro } = priceCall(
          { ...rate, minimumMicro: 0n },
          duration,
        );
        const off = amountMicro * PRICE_DENOMINATOR - exactPrice(rate, billed);
        const size = off < 0n ? -off : off;
        const last = PRICE_DENOMINATOR * 10n ** BigInt(6 - (rate.decimals ?? 6));
        if (rate.rounding === 'up') expect(off >= 0n && size < last).toBe(true);
        else if (rate.rounding === 'down') expect(off <= 0n && size < last).toBe(true);
        else expect(size * 2n <= last).toBe(true);
      }),
    );
  });
});

describe('free first seconds', () => {
  const rate = rateOf({ freeSeconds: 10, connectFeeMicro: 5_000n, ...perMinute('0.06') });

  it('are not the no-charge threshold: the fee is due, and what comes after them is priced', () => {
    expect(priceCall(rate, 10)).toEqual({ billedSeconds: 10, amountMicro: 5_000n });
    expect(priceCall(rate, 25)).toEqual({ billedSeconds: 25, amountMicro: 20_000n });
  });

  it('may end within the first increment, or after it', () => {
    const steps = { firstSeconds: 30, nextSeconds: 6, firstPerMinuteNano: parsePerMinute('0.12') };
    expect(priceCall({ ...rate, ...steps }, 31).amountMicro).toBe(5_000n + 40_000n + 6_000n);
    const longer = { ...rate, ...steps, freeSeconds: 33 };
    expect(priceCall(longer, 30).amountMicro).toBe(5_000n);
    expect(priceCall(longer, 40).amountMicro).toBe(5_000n + 9_000n);
  });
});

describe('a bundle', () => {
  const rate = rateOf({ firstSeconds: 60, nextSeconds: 60, ...perMinute('0.10') });

  it('with any second left does not make the whole call free: it is split at exhaustion', () => {
    expect(splitBundle(1, 120)).toEqual({ freeSeconds: 0, bundleSeconds: 1, pricedSeconds: 119 });
    // 119 s at 0.10 a minute; A2Billing and ASTPP give the call away.
    expect(formatMicro(priceCall({ ...rate, bundleSeconds: 1 }, 61).amountMicro)).toBe('0.198333');
  });

  it('that does not cover all of a call still pays for what it covers', () => {
    expect(priceCall({ ...rate, bundleSeconds: 60 }, 61).amountMicro).toBe(parseMicro('0.10'));
  });

  it('that covers all of it leaves nothing to pay, fees and minimum included', () => {
    const dear = { ...rate, connectFeeMicro: 50_000n, minimumMicro: 70_000n };
    expect(priceCall({ ...dear, bundleSeconds: 120 }, 61)).toEqual({
      billedSeconds: 120,
      amountMicro: 0n,
    });
    expect(priceCall({ ...dear, bundleSeconds: 119 }, 61).amountMicro).toBe(70_000n);
    expect(priceCall({ ...dear, bundleSeconds: 119 }, 181).amountMicro).toBe(50_000n + 201_667n);
  });

  it('is not used up by seconds that are free anyway', () => {
    expect(splitBundle(100, 120, { freeSeconds: 30 })).toEqual({
      freeSeconds: 30,
      bundleSeconds: 90,
      pricedSeconds: 0,
    });
  });

  it('counts the increments once: the split begins no new first increment', () => {
    fc.assert(
      fc.property(anyRate, anyDuration, fc.integer({ min: 0, max: 90_000 }), (any, lasts, left) => {
        const billed = billedSeconds(lasts, any);
        const split = splitBundle(left, billed, any);
        expect(split.freeSeconds + split.bundleSeconds + split.pricedSeconds).toBe(billed);
        expect(split.bundleSeconds <= left && split.pricedSeconds >= 0).toBe(true);
        expect(priceCall({ ...any, bundleSeconds: left }, lasts).billedSeconds).toBe(
          priceCall(any, lasts).billedSeconds,
        );
      }),
    );
  });
});

describe('what other systems get wrong', () => {
  it('amounts of 1,000 and more are written without grouping', () => {
    const { amountMicro } = priceCall(rateOf(perMinute('25')), 3_600);
    expect(formatMicro(amountMicro)).toBe('1500.000000');
    expect(() => parseMicro('1,500.00')).toThrow(/decimal/);
  });

  it('calls longer than 32,767 s keep their seconds', () => {
    expect(priceCall(rateOf(perMinute('0.006')), 40_000)).toEqual({
      billedSeconds: 40_000,
      amountMicro: parseMicro('4'),
    });
  });

  it('what is rounded up is the time after the first increment, not the whole duration', () => {
    const billed = (text: string, lasts: number) => {
      const [firstSeconds = 0, nextSeconds = 1] = text.split('/').map(Number);
      return billedSeconds(lasts, { firstSeconds, nextSeconds });
    };
    // A2Billing and MagnusBilling say 12, 36 and 90.
    expect([billed('10/6', 11), billed('30/18', 31), billed('60/45', 61)]).toEqual([16, 48, 105]);
  });
});
