import { describe, expect, test } from 'vitest';
import { formatMoney, formatRate, moneySign } from '@/lib/client/format/money';

const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('money for people', () => {
  test('a charge has four decimals in a list, six explained, two on a balance', () => {
    const charge = usd('0.005333');
    expect(formatMoney(charge, { locale: 'en', detail: 'list' })).toBe('$0.0053');
    expect(formatMoney(charge, { locale: 'en', detail: 'explained' })).toBe('$0.005333');
    expect(formatMoney(usd('14477.37'), { locale: 'en', detail: 'balance' })).toBe('$14,477.37');
  });

  test('a minus is an en dash before the currency sign', () => {
    expect(formatMoney(usd('-18.40'), { locale: 'en', detail: 'balance' })).toBe('–$18.40');
  });

  test('an amount beyond what a float holds is shown to the last digit', () => {
    const large = usd('9007199254740993.123457');
    expect(formatMoney(large, { locale: 'en', detail: 'explained' })).toBe(
      '$9,007,199,254,740,993.123457',
    );
  });

  test('what is not nothing never reads as nothing', () => {
    const balance = (amount: string) =>
      formatMoney(usd(amount), { locale: 'en', detail: 'balance' });
    expect(balance('0.004999')).toBe('$0.0050');
    expect(balance('-0.000003')).toBe('–$0.000003');
    expect(balance('0.005')).toBe('$0.01');
    expect(balance('0')).toBe('$0.00');
  });

  test('a change above zero carries a plus, zero carries no sign', () => {
    const format = { locale: 'en', detail: 'balance', signed: true } as const;
    expect(formatMoney(usd('106.32'), format)).toBe('+$106.32');
    expect(formatMoney(usd('0'), format)).toBe('$0.00');
  });

  test('what is too small to be seen in a list is still not zero', () => {
    expect(moneySign(usd('0.000001'))).toBe(1);
    expect(moneySign(usd('0.000000'))).toBe(0);
    expect(moneySign(usd('-0.000001'))).toBe(-1);
  });

  test('a rate is never rounded', () => {
    expect(formatRate('0.0131', 'USD', 'en')).toBe('$0.0131');
    expect(formatRate('0.01312500', 'USD', 'en')).toBe('$0.013125');
    expect(formatRate('2.5', 'USD', 'en')).toBe('$2.5000');
  });
});
