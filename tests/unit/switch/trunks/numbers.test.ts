import { expect, test } from 'vitest';
import type { TrunkNumbers } from '@/lib/services/configuration/types';
import { readNumber, writeNumber } from '@/lib/switch/trunks/numbers';

const as = (changes: Partial<TrunkNumbers> = {}): TrunkNumbers => ({
  format: 'plus_e164',
  country: 'US',
  strip: 0,
  prepend: '',
  ...changes,
});

test.each<[string, Partial<TrunkNumbers>, string]>([
  ['+442079460018', {}, '+442079460018'],
  ['+442079460018', { format: 'e164' }, '442079460018'],
  ['+12025550101', { format: 'national' }, '2025550101'],
  ['+442079460018', { format: 'national' }, '442079460018'],
  ['+442079460018', { format: 'national', country: 'GB' }, '2079460018'],
  ['+442079460018', { format: 'national', country: 'GB', prepend: '0' }, '02079460018'],
  ['+442079460018', { format: 'e164', prepend: '00' }, '00442079460018'],
  ['+442079460018', { format: 'e164', strip: 2, prepend: '9' }, '92079460018'],
  ['933', { format: 'national' }, '933'],
])('%s written %o is %s', (number, changes, expected) => {
  expect(writeNumber(number, as(changes))).toBe(expected);
});

test.each<[string, Partial<TrunkNumbers>, string]>([
  ['+12025550101', {}, '+12025550101'],
  ['12025550101', { format: 'e164' }, '+12025550101'],
  ['+12025550101', { format: 'e164' }, '+12025550101'],
  ['2025550101', { format: 'national' }, '+12025550101'],
  ['02079460018', { format: 'national', country: 'GB' }, '+442079460018'],
  ['0012025550101', { format: 'e164', strip: 2 }, '+12025550101'],
  ['5550101', { format: 'e164', prepend: '1202' }, '+12025550101'],
  ['anonymous', {}, 'anonymous'],
])('%s read %o means %s', (written, changes, expected) => {
  expect(readNumber(written, as(changes))).toBe(expected);
});
