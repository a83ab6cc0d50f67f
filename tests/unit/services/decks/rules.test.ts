import { expect, test } from 'vitest';
import { checkRates, toRateRow } from '@/lib/services/decks/rules';
import { rateInputSchema } from '@/lib/services/decks/schemas';

const RULES = { pricing: 'rates', bands: 0 } as const;
const rate = (more: Record<string, unknown> = {}) =>
  rateInputSchema.parse({ prefix: '44', perMinute: '0.0123', first: 30, next: 6, ...more });

test('a price is taken digit by digit, never through a float', () => {
  expect(toRateRow(rate({ perMinute: '0.012345678', connectFee: '0.000001' }))).toMatchObject({
    firstPerMinuteNano: 12_345_678n,
    nextPerMinuteNano: 12_345_678n,
    connectFeeMicro: 1n,
    minimumMicro: 0n,
  });
  expect(toRateRow(rate({ firstPerMinute: '1' })).firstPerMinuteNano).toBe(1_000_000_000n);
});

test.each(['1e3', '-1', '1,5', '.5', '0.0000000001', 'NaN', ''])('%s is no price', (perMinute) => {
  expect(() => rate({ perMinute })).toThrow();
});

test('a rate bills in steps of at least a second, and ends after it begins', () => {
  expect(() => rate({ next: 0 })).toThrow();
  expect(() => rate({ first: 1.5 })).toThrow();
  const early = '2026-01-01T00:00:00.000Z';
  expect(() => rate({ validFrom: early, validTo: early })).toThrow();
});

test('a prefix stands once for each beginning', () => {
  const later = rate({ validFrom: '2027-01-01T00:00:00.000Z' });
  expect(() => checkRates([rate(), later], RULES)).not.toThrow();
  expect(() => checkRates([rate(), rate()], RULES)).toThrow(/stands twice/);
});
