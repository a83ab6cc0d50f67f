import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  divideRounded,
  formatDecimal,
  formatMicro,
  formatPerMinute,
  parseCurrency,
  parseDecimal,
  parseMicro,
  parsePerMinute,
  type RoundingMode,
  toWireMoney,
} from '@/lib/core/money';

const anyAmount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe('a decimal', () => {
  it.each([
    ['0', 0n],
    ['0.012', 12_000n],
    ['-0.000001', -1n],
    ['100.00', 100_000_000n],
    ['1.5000000000', 1_500_000n],
    ['999999999999999.999999', 999_999_999_999_999_999_999n],
  ])('%s is read exactly', (text, micro) => {
    expect(parseMicro(text)).toBe(micro);
  });

  it.each(['', '.5', '5.', '1,000.00', '1e3', '+1', ' 1', '0x1', '1.0000001', 'NaN', '--1'])(
    '"%s" is refused instead of rounded or guessed at',
    (text) => {
      expect(() => parseMicro(text)).toThrow(/decimal/);
    },
  );

  it('written and read again is the same', () => {
    fc.assert(
      fc.property(anyAmount, fc.integer({ min: 0, max: 9 }), (value, minDecimals) => {
        expect(parseDecimal(formatDecimal(value, 9, minDecimals), 9)).toBe(value);
        expect(parseMicro(formatMicro(value))).toBe(value);
        expect(parsePerMinute(formatPerMinute(value))).toBe(value);
      }),
    );
  });

  it('never bears a grouping comma, however large', () => {
    expect(formatMicro(1_234_567_890_000_001n)).toBe('1234567890.000001');
    expect(formatPerMinute(5_500_000n)).toBe('0.0055');
    expect(toWireMoney(12_000n, 'USD')).toEqual({ amount: '0.012000', currency: 'USD' });
  });
});

describe('one division with one rounding', () => {
  const modes: readonly RoundingMode[] = ['half_up', 'half_even', 'up', 'down'];

  it.each([
    [15n, 10n, [2n, 2n, 2n, 1n]],
    [25n, 10n, [3n, 2n, 3n, 2n]],
    [24n, 10n, [2n, 2n, 3n, 2n]],
    [26n, 10n, [3n, 3n, 3n, 2n]],
    [20n, 10n, [2n, 2n, 2n, 2n]],
    [-15n, 10n, [-2n, -2n, -2n, -1n]],
    [-25n, 10n, [-3n, -2n, -3n, -2n]],
  ])('of %i by %i follows the mode', (numerator, denominator, expected) => {
    expect(modes.map((mode) => divideRounded(numerator, denominator, mode))).toEqual(expected);
  });

  it('treats a reversal as the mirror of its charge, so the two cancel out', () => {
    fc.assert(
      fc.property(
        anyAmount,
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        fc.constantFrom(...modes),
        (numerator, denominator, mode) => {
          const charge = divideRounded(numerator, denominator, mode);
          expect(divideRounded(-numerator, denominator, mode) + charge).toBe(0n);
        },
      ),
    );
  });
});

describe('a currency', () => {
  it('is three capitals', () => {
    expect(parseCurrency('USD')).toBe('USD');
    for (const text of ['usd', 'US', 'USDT', '']) expect(() => parseCurrency(text)).toThrow();
  });
});
