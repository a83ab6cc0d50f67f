import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCurrency, parseDecimal } from '@/lib/core/money';
import { inChargedCurrency } from '@/lib/core/rating/charged';
import { ExchangeTable } from '@/lib/core/rating/exchange-table';
import { converted, inverted } from '@/lib/core/rating/fx';
import { costOfGrant, maxSecondsFor } from '@/lib/core/rating/grants';
import { deckPrice, priceCall } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';
import { rateFromSnapshot, replayCharge, snapshotOf } from '@/lib/core/rating/snapshot';
import { anyRate } from './arbitraries';

const EUR = parseCurrency('EUR');
const USD = parseCurrency('USD');
const nano = (text: string) => parseDecimal(text, 9);

const fxArbitrary = fc
  .bigInt({ min: 1_000_000n, max: 1_000_000_000_000n })
  .map((rateNano) => ({ deckCurrency: EUR, rateNano }));
const convertedRates = fc
  .tuple(anyRate, fxArbitrary)
  .map(([rate, fx]): Rate => ({ ...rate, currency: USD, fx }));

describe('a price in another currency than its deck', () => {
  it('is converted whole and rounded once', () => {
    fc.assert(
      fc.property(convertedRates, fc.integer({ min: 1, max: 7_200 }), (rate, seconds) => {
        const { amountMicro, billedSeconds } = priceCall(rate, seconds);
        const { fx, ...plain } = rate;
        // Converting the rounded price would round twice: it may be off by what that loses.
        const twice = converted(deckPrice(plain, billedSeconds), fx?.rateNano ?? 0n);
        const last = 10n ** BigInt(6 - (rate.decimals ?? 6));
        const loss = converted(last, fx?.rateNano ?? 0n, 'up') + last;
        const off = amountMicro > twice ? amountMicro - twice : twice - amountMicro;
        expect(off <= loss).toBe(true);
      }),
    );
  });

  it('60 × 1 s at 0.05 EUR a minute at 1.10 is 0.055 USD exactly, whichever way it is cut', () => {
    const rate: Rate = {
      ...{ deckId: 'd', deckName: 'd', deckVersion: 1, currency: USD, rounding: 'half_up' },
      ...{ prefix: '44', destination: '', beatenLengths: 0, firstSeconds: 1, nextSeconds: 1 },
      firstPerMinuteNano: nano('0.05'),
      nextPerMinuteNano: nano('0.05'),
      ...{ connectFeeMicro: 0n, minimumMicro: 0n, noChargeSeconds: 0, freeSeconds: 0 },
      fx: { deckCurrency: EUR, rateNano: nano('1.1') },
    };
    expect(priceCall(rate, 60).amountMicro).toBe(55_000n);
    expect(deckPrice(rate, 60)).toBe(50_000n);
    expect(inChargedCurrency(rate)).toMatchObject({ nextPerMinuteNano: nano('0.055') });
    expect(inChargedCurrency(rate)).not.toHaveProperty('fx');
  });

  it('never settles above what was held, at any duration up to the grant', () => {
    fc.assert(
      fc.property(
        convertedRates,
        fc.integer({ min: 1, max: 3_600 }),
        fc.integer({ min: 1, max: 3_600 }),
        (rate, one, other) => {
          const [talked, granted] = one < other ? [one, other] : [other, one];
          expect(priceCall(rate, talked).amountMicro <= costOfGrant(rate, granted)).toBe(true);
        },
      ),
    );
  });

  it('lasts as long as the charged currency pays for it, and not a step longer', () => {
    fc.assert(
      fc.property(
        convertedRates,
        fc.bigInt({ min: 0n, max: 100_000_000n }),
        (rate, availableMicro) => {
          const seconds = maxSecondsFor(rate, availableMicro);
          if (seconds > 0) expect(costOfGrant(rate, seconds) <= availableMicro).toBe(true);
          if (seconds > 0 && seconds < 80_000) {
            expect(costOfGrant(rate, seconds + 1) > availableMicro).toBe(true);
          }
        },
      ),
    );
  });

  it('replays from its snapshot, byte for byte', () => {
    fc.assert(
      fc.property(convertedRates, fc.integer({ min: 0, max: 7_200 }), (rate, seconds) => {
        const stored = JSON.parse(JSON.stringify(snapshotOf(rate)));
        expect(snapshotOf(rateFromSnapshot(stored))).toEqual(stored);
        expect(replayCharge(stored, seconds)).toEqual(priceCall(rate, seconds));
      }),
    );
  });
});

describe('the table of exchange rates', () => {
  const at = (iso: string) => Date.parse(iso);
  const EUR_USD = ['EUR', 'USD'] as const;
  const rate = (
    from: string,
    text: string,
    [base, quote]: readonly [string, string] = EUR_USD,
  ) => ({
    ...{ id: text, base, quote },
    rateNano: nano(text),
    validFromMs: at(from),
  });

  it('knows the newest rate in force, and nothing before the first', () => {
    const table = new ExchangeTable();
    table.put(rate('2026-02-01', '1.2'));
    table.put(rate('2026-01-01', '1.1'));
    expect(table.rate('EUR', 'USD', at('2025-12-31'))).toBeUndefined();
    expect(table.rate('EUR', 'USD', at('2026-01-31'))).toBe(nano('1.1'));
    expect(table.rate('EUR', 'USD', at('2026-02-01'))).toBe(nano('1.2'));
    table.remove('1.2');
    expect(table.rate('EUR', 'USD', at('2026-03-01'))).toBe(nano('1.1'));
  });

  it('turns the other direction around, unless its own is newer', () => {
    const table = new ExchangeTable();
    table.put(rate('2026-01-01', '1.25'));
    expect(table.rate('USD', 'EUR', at('2026-02-01'))).toBe(nano('0.8'));
    table.put(rate('2026-01-15', '0.79', ['USD', 'EUR']));
    expect(table.rate('USD', 'EUR', at('2026-02-01'))).toBe(nano('0.79'));
    expect(table.rate('EUR', 'USD', at('2026-02-01'))).toBe(inverted(nano('0.79')));
    expect(table.rate('EUR', 'GBP', at('2026-02-01'))).toBeUndefined();
  });
});
