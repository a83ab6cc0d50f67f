import { describe, expect, it } from 'vitest';
import {
  axisTicks,
  barHeight,
  daysUntil,
  totalSpent,
  weekAverage,
  weekChangePerMille,
} from '@/components/overview/figures';

const day = (amount: string | null, seconds = 0) => ({
  date: '2026-11-21',
  calls: 1,
  answered: 1,
  seconds,
  spent: amount === null ? null : { amount, currency: 'USD' },
});
const days = (count: number, amount: string) => Array.from({ length: count }, () => day(amount));

describe('what the overview computes', () => {
  it('sums spend to the micro-unit', () => {
    expect(totalSpent([day('0.000001'), day('12.345678')])).toEqual({
      amount: '12.345679',
      currency: 'USD',
    });
  });

  it('tells no spend where none may be seen', () => {
    expect(totalSpent([day(null)])).toBeNull();
  });

  it('compares whole weeks and leaves today out', () => {
    const daily = [...days(7, '1.000000'), ...days(7, '1.100000'), day('99.000000')];
    expect(weekChangePerMille(daily)).toBe(100);
  });

  it('compares with nothing where there was nothing', () => {
    expect(weekChangePerMille([...days(7, '0.000000'), ...days(8, '1.000000')])).toBeNull();
    expect(weekChangePerMille(days(9, '1.000000'))).toBeNull();
  });

  it('averages the last seven whole days', () => {
    expect(weekAverage([100, 1, 1, 1, 1, 1, 1, 8, 50])).toBe(2);
  });

  it('draws minutes from seconds talked', () => {
    expect(barHeight(day('3.000000', 90), 'minutes')).toBe(1.5);
    expect(barHeight(day(null), 'spend')).toBe(0);
  });

  it('has an axis of round steps that reaches the highest bar', () => {
    expect(axisTicks(28)).toEqual([0, 10, 20, 30]);
    expect(axisTicks(0.026)).toEqual([0, 0.01, 0.02, 0.03]);
    expect(axisTicks(600)).toEqual([0, 200, 400, 600]);
    expect(axisTicks(0)[0]).toBe(0);
  });

  it('never counts days below zero', () => {
    expect(daysUntil('2026-11-20T00:00:00.000Z', Date.parse('2026-11-21T00:00:00Z'))).toBe(0);
    expect(daysUntil('2026-11-23T12:00:00.000Z', Date.parse('2026-11-21T00:00:00Z'))).toBe(2);
  });
});
