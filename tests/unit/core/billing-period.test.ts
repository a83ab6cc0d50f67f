import { expect, test } from 'vitest';
import { billingPeriod } from '@/lib/core/billing-period';

const iso = (ms: number): string => new Date(ms).toISOString();
const startsOf = (from: string, timeZone: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    iso(billingPeriod({ startedAtMs: Date.parse(from), timeZone }, index).startMs),
  );

test('a month runs from local midnight to the same day of the next', () => {
  expect(startsOf('2026-05-20T15:30:00Z', 'UTC', 3)).toEqual([
    '2026-05-20T00:00:00.000Z',
    '2026-06-20T00:00:00.000Z',
    '2026-07-20T00:00:00.000Z',
  ]);
});

test('what began on the 31st is due on the last day of shorter months, and on the 31st again', () => {
  expect(startsOf('2026-01-31T10:00:00Z', 'UTC', 4)).toEqual([
    '2026-01-31T00:00:00.000Z',
    '2026-02-28T00:00:00.000Z',
    '2026-03-31T00:00:00.000Z',
    '2026-04-30T00:00:00.000Z',
  ]);
});

test('the day is that of the account’s time zone, and summer time moves no period', () => {
  // 23:30 in New York, already the next day in UTC.
  expect(startsOf('2026-02-11T04:30:00Z', 'America/New_York', 3)).toEqual([
    '2026-02-10T05:00:00.000Z',
    '2026-03-10T04:00:00.000Z',
    '2026-04-10T04:00:00.000Z',
  ]);
  expect(startsOf('2026-09-30T22:30:00Z', 'Europe/Berlin', 2)).toEqual([
    '2026-09-30T22:00:00.000Z',
    '2026-10-31T23:00:00.000Z',
  ]);
});

test('where a change of time skips midnight the period begins with the day', () => {
  // Beirut 2026-03-29: from 00:00 to 01:00.
  const { startMs } = billingPeriod(
    { startedAtMs: Date.parse('2026-03-29T12:00:00Z'), timeZone: 'Asia/Beirut' },
    0,
  );
  expect(iso(startMs)).toBe('2026-03-28T22:00:00.000Z');
});

test('periods touch each other and never overlap, in any zone', () => {
  for (const timeZone of ['UTC', 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Kathmandu']) {
    const anchor = { startedAtMs: Date.parse('2025-12-31T23:59:59Z'), timeZone };
    for (let index = 0; index < 30; index += 1) {
      const period = billingPeriod(anchor, index);
      expect(period.endMs).toBe(billingPeriod(anchor, index + 1).startMs);
      expect(period.endMs - period.startMs).toBeGreaterThan(27 * 86_400_000);
    }
  }
});
