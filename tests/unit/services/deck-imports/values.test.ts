import { describe, expect, test } from 'vitest';
import {
  type DateContext,
  meansBlocked,
  type Reading,
  readDecimal,
  readFlag,
  readIncrements,
  readMoment,
  readPercent,
  readPerMinute,
  readPrefix,
  readSeconds,
} from '@/lib/services/deck-imports/values';

const outcome = <Value>(reading: Reading<Value>): Value | string =>
  reading.ok ? reading.value : reading.problem;

test.each([
  ['44', '44'],
  ['+44 20', '4420'],
  ['0044-20', '4420'],
  ['(1) 202.555', '1202555'],
  ['*', ''],
])('the prefix "%s" is "%s"', (text, prefix) => {
  expect(outcome(readPrefix(text))).toBe(prefix);
});

test.each([
  ['', /is empty/],
  ['044', /begins with 0/],
  ['1234567890123456', /more than 15/],
  ['44;45', /several prefixes/],
  ['44x', /is no prefix/],
  ['=1+1', /is no prefix/],
])('"%s" is no prefix', (text, problem) => {
  expect(outcome(readPrefix(text))).toMatch(problem);
});

test.each([
  ['0.0125', 12_500_000n],
  ['0,0125', 12_500_000n],
  ['$0.0125', 12_500_000n],
  ['0,0125 €', 12_500_000n],
  ['USD 1', 1_000_000_000n],
  ['.5', 500_000_000n],
  ['1.25E-2', 12_500_000n],
  ['2e3', 2_000_000_000_000n],
  ['0.0125000000000', 12_500_000n],
])('the price "%s" is exact', (text, nano) => {
  expect(outcome(readPerMinute(text, 'USD'))).toBe(nano);
});

test.each([
  ['abc', /is no number/],
  ['', /is no number/],
  ['.', /is no number/],
  ['-1', /is negative/],
  ['1,234.50', /a comma and a point/],
  ['1.2.3', /is no number/],
  ['0.0000000001', /more than 9 decimals/],
  ['12345678', /too large/],
  ['EUR 1', /is in EUR, the deck in USD/],
  ['0,01 EUR', /is in EUR/],
  ['#REF!', /is no number/],
])('"%s" is no price', (text, problem) => {
  expect(outcome(readPerMinute(text, 'USD'))).toMatch(problem);
});

test('a per cent is a whole number of millionths', () => {
  expect(['25%', '25', '12,5 %', '0.0001'].map((text) => outcome(readPercent(text)))).toEqual([
    250_000, 250_000, 125_000, 1,
  ]);
  expect(outcome(readPercent('0.00001'))).toMatch(/more than 4 decimals/);
});

test('nothing is rounded while it is read', () => {
  expect(outcome(readDecimal('0.1234567', 6))).toMatch(/more than 6 decimals/);
});

test('increments are pairs or one for both', () => {
  const read = (text: string) => outcome(readIncrements(text));
  expect(['60/60', '30/6', '1+1', ' 60 / 1 ', '6', '60:1 sec'].map(read)).toEqual([
    { first: 60, next: 60 },
    { first: 30, next: 6 },
    { first: 1, next: 1 },
    { first: 60, next: 1 },
    { first: 6, next: 6 },
    { first: 60, next: 1 },
  ]);
  expect(read('60/0')).toMatch(/next increment of 0/);
  expect(read('60/6/6')).toMatch(/no pair/);
  expect(read('4000')).toMatch(/longer than an hour/);
});

test('seconds are whole', () => {
  expect(['60', '60 s', '5 sec.', '3.0'].map((text) => outcome(readSeconds(text)))).toEqual([
    60, 60, 5, 3,
  ]);
  expect(outcome(readSeconds('1.5'))).toMatch(/no whole number/);
  expect(outcome(readSeconds('100000'))).toMatch(/longer than a day/);
});

test('yes and no come in several languages, and anything else is a problem', () => {
  expect(['x', 'Blocked', 'gesperrt', 'Sí'].map((text) => outcome(readFlag(text)))).toEqual([
    ...[true, true, true, true],
  ]);
  expect(['', 'open', 'Nein', 'increase'].map((text) => outcome(readFlag(text)))).toEqual([
    ...[false, false, false, false],
  ]);
  expect(outcome(readFlag('perhaps'))).toMatch(/neither yes nor no/);
  expect(meansBlocked(' N/A ')).toBe(true);
  expect(meansBlocked('0')).toBe(false);
});

describe('a date', () => {
  const berlin: DateContext = { order: 'dmy', timeZone: 'Europe/Berlin', isEnd: false };
  const read = (text: string, more: Partial<DateContext> = {}) => {
    const reading = readMoment(text, { ...berlin, ...more });
    if (!reading.ok) return reading.problem;
    return reading.value === null ? null : new Date(reading.value).toISOString();
  };

  test('begins at midnight on the account’s clock, in summer and in winter', () => {
    expect(read('2026-12-05')).toBe('2026-12-04T23:00:00.000Z');
    expect(read('05.07.2026')).toBe('2026-07-04T22:00:00.000Z');
    expect(read('5 Dec 2026')).toBe('2026-12-04T23:00:00.000Z');
    expect(read('05-Dec-2026 08:30')).toBe('2026-12-05T07:30:00.000Z');
    expect(read('2026-12-05', { timeZone: 'America/New_York' })).toBe('2026-12-05T05:00:00.000Z');
  });

  test('with a zone is that moment', () => {
    expect(read('2026-12-05T08:00:00.250Z')).toBe('2026-12-05T08:00:00.250Z');
    expect(read('2026-12-05 08:00+0530')).toBe('2026-12-05T02:30:00.000Z');
  });

  test('is read in the order that was said', () => {
    expect(read('05/12/2026')).toBe('2026-12-04T23:00:00.000Z');
    expect(read('05/12/2026', { order: 'mdy' })).toBe('2026-05-11T22:00:00.000Z');
    expect(read('12/31/2026')).toMatch(/is no date/);
  });

  test('that ends something counts to the end of the day', () => {
    expect(read('2026-12-31', { isEnd: true })).toBe('2026-12-31T23:00:00.000Z');
    expect(read('2026-12-31 12:00', { isEnd: true })).toBe('2026-12-31T11:00:00.000Z');
  });

  test('may be none, but not nonsense', () => {
    expect([read(''), read('Immediately'), read('-')]).toEqual([null, null, null]);
    expect(read('31.02.2026')).toMatch(/is no date/);
    expect(read('2026-12-05 25:00')).toMatch(/no clock shows/);
    expect(read('tomorrow')).toMatch(/is no date/);
  });
});
