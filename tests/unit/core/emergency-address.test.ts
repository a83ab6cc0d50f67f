import { expect, test } from 'vitest';
import { addressProblems } from '@/lib/core/emergency-address';

const problems = (country: string, postalCode: string, region = '') =>
  addressProblems({ country, postalCode, region }).map(({ path }) => path);

test('an address has what its country needs to find it', () => {
  expect(problems('US', '20500', 'DC')).toEqual([]);
  expect(problems('US', '20500-0001', 'DC')).toEqual([]);
  expect(problems('US', '2050', '')).toEqual(['postalCode', 'region']);
  expect(problems('CA', 'k1a 0b1', 'ON')).toEqual([]);
  expect(problems('GB', 'SW1A 1AA')).toEqual([]);
  expect(problems('GB', '20500')).toEqual(['postalCode']);
  expect(problems('DE', '10115')).toEqual([]);
  expect(problems('DE', '1011')).toEqual(['postalCode']);
});

test('where nothing is known of a country nothing is asked', () => {
  expect(problems('ZZ', '')).toEqual([]);
});
