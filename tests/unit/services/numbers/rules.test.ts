import { expect, test } from 'vitest';
import { checkTransition } from '@/lib/services/numbers/rules';
import { numberStateSchema } from '@/lib/services/numbers/schemas';

const may = (from: string, to: string): boolean => {
  try {
    checkTransition(numberStateSchema.parse(from), numberStateSchema.parse(to));
    return true;
  } catch {
    return false;
  }
};

test('a released or merely discovered number is never put into service at once', () => {
  expect(may('released', 'in_service')).toBe(false);
  expect(may('discovered', 'in_service')).toBe(false);
  expect(may('released', 'available')).toBe(true);
  expect(may('available', 'in_service')).toBe(true);
});

test('a number in service ages before it is released', () => {
  expect(may('in_service', 'released')).toBe(false);
  expect(may('in_service', 'aging')).toBe(true);
  expect(may('aging', 'released')).toBe(true);
});

test('staying where it is is always allowed', () => {
  for (const state of numberStateSchema.options) expect(may(state, state)).toBe(true);
});
