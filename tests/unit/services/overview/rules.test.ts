import { expect, test } from 'vitest';
import { lastDates, runsOutAtMs } from '@/lib/services/overview/rules';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 3, 30);

test('funds run out when what is there is burnt, and never where nothing is', () => {
  const when = { nowMs: NOW, debits: [] };
  expect(runsOutAtMs(10_000_000n, 1_000_000n, when)).toBe(NOW + 10 * DAY);
  expect(runsOutAtMs(500_000n, 1_000_000n, when)).toBe(NOW + DAY / 2);
  expect(runsOutAtMs(1n, 0n, when)).toBeNull();
  expect(runsOutAtMs(0n, 1n, when)).toBe(NOW);
  expect(runsOutAtMs(-5n, 0n, when)).toBe(NOW);
  expect(runsOutAtMs(10n ** 15n, 1n, when)).toBeNull();
});

test('what is taken at known moments counts, too', () => {
  const debits = [
    { atMs: NOW + 4 * DAY, amountMicro: 3_000_000n },
    { atMs: NOW + 2 * DAY, amountMicro: 3_000_000n },
  ];
  // 10 - 2 - 3 - 2 - 3 = 0, on the fourth day; with one more there is one more day.
  expect(runsOutAtMs(10_000_000n, 1_000_000n, { nowMs: NOW, debits })).toBe(NOW + 4 * DAY);
  expect(runsOutAtMs(11_000_000n, 1_000_000n, { nowMs: NOW, debits })).toBe(NOW + 5 * DAY);
  expect(runsOutAtMs(1_000_000n, 1_000_000n, { nowMs: NOW, debits })).toBe(NOW + DAY);
  // Nobody calls: the fees alone use it up, or don't.
  expect(runsOutAtMs(5_000_000n, 0n, { nowMs: NOW, debits })).toBe(NOW + 4 * DAY);
  expect(runsOutAtMs(7_000_000n, 0n, { nowMs: NOW, debits })).toBeNull();
  // One that is overdue is taken now.
  const overdue = [{ atMs: NOW - DAY, amountMicro: 2_000_000n }];
  expect(runsOutAtMs(2_000_000n, 0n, { nowMs: NOW, debits: overdue })).toBe(NOW);
});

test('days are those of the account’s own wall clock', () => {
  expect(lastDates(NOW, 2, 'America/New_York')).toEqual(['2026-11-19', '2026-11-20']);
  expect(lastDates(NOW, 2, 'Asia/Tokyo')).toEqual(['2026-11-20', '2026-11-21']);
});

test('a day of 25 hours is a day like any other', () => {
  const dates = lastDates(Date.UTC(2026, 10, 2, 12), 4, 'America/New_York');
  expect(dates).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02']);
});
