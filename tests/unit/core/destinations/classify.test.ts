import { describe, expect, it, test } from 'vitest';
import { CLASS_OF_PREFIX } from '@/lib/core/destinations/class-prefixes';
import { forbidsClass } from '@/lib/core/destinations/classes';
import { classify, MAX_CLASS_PREFIX_DIGITS } from '@/lib/core/destinations/classify';
import { COUNTRY_OF_PREFIX } from '@/lib/core/destinations/countries';

describe('a number is of the class of its longest prefix, in the country of its code', () => {
  it.each([
    ['12025550100', 'fixed', 'US'],
    ['14165550100', 'fixed', 'CA'],
    ['18005550100', 'toll_free', 'US'],
    ['19005550100', 'premium', 'US'],
    ['18765550100', 'high_risk', 'JM'],
    ['17875550100', 'fixed', 'PR'],
    ['442079460018', 'fixed', 'GB'],
    ['447700900123', 'mobile', 'GB'],
    ['447012345678', 'premium', 'GB'],
    ['441481123456', 'fixed', 'GG'],
    ['449098790000', 'premium', 'GB'],
    ['4989123456', 'fixed', 'DE'],
    ['491711234567', 'mobile', 'DE'],
    ['4990012345', 'premium', 'DE'],
    ['371900123456', 'premium', 'LV'],
    ['37167123456', 'fixed', 'LV'],
    ['5352345678', 'high_risk', 'CU'],
    ['25261234567', 'high_risk', 'SO'],
    ['870773123456', 'satellite', null],
    ['881612345678', 'satellite', null],
    ['88213123456', 'satellite', null],
    ['883510012345', 'satellite', null],
    ['979123456789', 'premium', null],
    ['80012345678', 'toll_free', null],
    ['2101234567', 'unknown', null],
    ['77012345678', 'fixed', 'KZ'],
    ['79161234567', 'mobile', 'RU'],
  ] as const)('%s: %s in %s', (digits, kind, country) => {
    expect(classify(digits)).toMatchObject({ class: kind, country });
  });
});

test('the operator’s own word counts, unless a longer prefix says more', () => {
  const own = new Map([
    ['53', 'fixed'],
    ['44207', 'premium'],
    ['49', 'high_risk'],
  ] as const);
  expect(classify('5352345678', own)).toMatchObject({ class: 'fixed', country: 'CU' });
  expect(classify('442079460018', own)).toMatchObject({ class: 'premium', prefix: '44207' });
  expect(classify('4989123456', own).class).toBe('high_risk');
  expect(classify('4990012345', own).class).toBe('premium');
});

test('what is unknown counts as a high risk', () => {
  expect(forbidsClass(['high_risk'], 'unknown')).toBe(true);
  expect(forbidsClass(['premium'], 'unknown')).toBe(false);
  expect(forbidsClass(['unknown'], 'high_risk')).toBe(false);
});

test('every prefix of the tables is digits of a bounded length, and lies in a country or a shared code', () => {
  const shared = /^(800|808|870|87[1-4]|878|88[1238]|979|991)/;
  for (const prefix of [...CLASS_OF_PREFIX.keys(), ...COUNTRY_OF_PREFIX.keys()]) {
    expect(prefix).toMatch(/^[1-9]\d*$/);
    expect(prefix.length).toBeLessThanOrEqual(MAX_CLASS_PREFIX_DIGITS);
    const country = classify(prefix.padEnd(11, '0')).country;
    expect(country !== null || shared.test(prefix), prefix).toBe(true);
  }
});
