import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMicro, parsePerMinute } from '@/lib/core/money';
import { markedUp } from '@/lib/core/rating/markup';
import { priceCall } from '@/lib/core/rating/price';
import { atAnswer } from '@/lib/core/rating/timetable';
import { anyAnswerMs, anyDuration, anyRate, rateOf } from './arbitraries';

const anyMarkup = fc.record({
  ppm: fc.integer({ min: 0, max: 5_000_000 }),
  minimumPerMinuteNano: fc.bigInt({ min: 0n, max: 100_000_000n }),
});

const bought = rateOf({
  firstSeconds: 30,
  nextSeconds: 6,
  firstPerMinuteNano: parsePerMinute('0.10'),
  nextPerMinuteNano: parsePerMinute('0.02'),
  connectFeeMicro: parseMicro('0.05'),
  rounding: 'up',
});
const own = rateOf({ deckName: 'retail', prefix: '447', destination: '', beatenLengths: 0b100 });

describe('a mark-up', () => {
  it('is a per cent of the price a minute, but not less than its minimum', () => {
    const markup = { ppm: 200_000, minimumPerMinuteNano: parsePerMinute('0.01') };
    expect(markedUp(own, markup, bought)).toMatchObject({
      firstPerMinuteNano: parsePerMinute('0.12'),
      nextPerMinuteNano: parsePerMinute('0.03'),
      connectFeeMicro: parseMicro('0.06'),
      firstSeconds: 30,
      nextSeconds: 6,
      rounding: 'up',
      markup,
    });
  });

  it('keeps its own deck and prefix, and the destination where it names none', () => {
    const rate = markedUp(own, { ppm: 0, minimumPerMinuteNano: 0n }, bought);
    expect(rate).toMatchObject({
      deckName: 'retail',
      prefix: '447',
      beatenLengths: 0b100,
      destination: 'United Kingdom',
    });
  });

  it('never sells below what the seller pays, whatever the call and however deep the chain', () => {
    const calls = fc.tuple(anyDuration, anyAnswerMs);
    fc.assert(
      fc.property(anyRate, fc.tuple(anyMarkup, anyMarkup), calls, (root, markups, [lasts, at]) => {
        const price = (rate: typeof root) => priceCall(atAnswer(rate, at), lasts).amountMicro;
        const { bundleSeconds: _, ...base } = root;
        const middle = markedUp(own, markups[0], base);
        const retail = markedUp(own, markups[1], middle);
        expect(price(middle) >= price(base)).toBe(true);
        expect(price(retail) >= price(middle)).toBe(true);
      }),
    );
  });
});
