import { expect, test } from 'vitest';
import {
  checkTransition,
  type PriceRule,
  pickPrice,
  unpaidStage,
} from '@/lib/services/numbers/rules';
import { type NumberState, numberStateSchema } from '@/lib/services/numbers/schemas';

const may = (from: NumberState, to: NumberState): boolean => {
  try {
    checkTransition(from, to);
    return true;
  } catch {
    return false;
  }
};

/** Where a number may go, all of it; staying is not listed. */
const MOVES: Readonly<Record<NumberState, string>> = {
  discovered: 'available released',
  available: 'reserved in_service aging released port_out',
  reserved: 'available in_service released',
  in_service: 'available aging port_out',
  aging: 'available in_service released',
  released: 'available',
  port_in: 'available in_service released',
  port_out: 'available in_service aging released',
};

test.each(numberStateSchema.options)('a number that is "%s" goes where the table says', (from) => {
  const possible = numberStateSchema.options.filter((to) => to !== from && may(from, to));
  expect(possible.sort()).toEqual(MOVES[from].split(' ').sort());
});

test('a number in service ages before it is released', () => {
  expect(may('in_service', 'released')).toBe(false);
  expect(may('in_service', 'aging')).toBe(true);
  expect(may('aging', 'released')).toBe(true);
});

test('staying where it is is always allowed', () => {
  for (const state of numberStateSchema.options) expect(may(state, state)).toBe(true);
});

const rule = (id: string, changes: Partial<PriceRule> = {}): PriceRule => ({
  ...{ id, buyerId: null, country: null, kind: null, group: '', prefix: '', currency: 'USD' },
  ...changes,
});
const NUMBER = { e164: '+12025550101', country: 'US', kind: 'geographic', group: 'gold' } as const;
const BUYER = { id: 'buyer', currency: 'USD' };

test('of the prices that fit the most specific one counts', () => {
  const rules = [
    rule('any'),
    rule('country', { country: 'US' }),
    rule('kind', { kind: 'geographic' }),
    rule('prefix 1', { prefix: '1' }),
    rule('prefix 1202', { prefix: '1202' }),
    rule('gold', { group: 'gold' }),
    rule('theirs', { buyerId: 'buyer' }),
  ];
  for (let count = rules.length; count > 0; count -= 1) {
    const some = rules.slice(0, count);
    expect(pickPrice(some, NUMBER, BUYER)?.id).toBe(rules[count - 1]?.id);
    expect(pickPrice(some.toReversed(), NUMBER, BUYER)?.id).toBe(rules[count - 1]?.id);
  }
});

test('a price that does not fit in every part is none', () => {
  for (const wrong of [
    { country: 'GB' },
    { kind: 'mobile' },
    { group: 'easy' },
    { prefix: '1303' },
    { buyerId: 'another' },
    { currency: 'EUR' },
  ] as const) {
    expect(pickPrice([rule('x', wrong)], NUMBER, BUYER)).toBeUndefined();
  }
  const placeless = { ...NUMBER, country: null };
  expect(pickPrice([rule('x', { country: 'US' })], placeless, BUYER)).toBeUndefined();
});

test('an unpaid number goes on for seven days, is kept for thirty more, and then is over', () => {
  const DAY_MS = 86_400_000;
  const stages = [0, 6.99, 7, 36.99, 37].map((days) => unpaidStage(0, days * DAY_MS));
  expect(stages).toEqual(['grace', 'grace', 'suspended', 'suspended', 'over']);
});
