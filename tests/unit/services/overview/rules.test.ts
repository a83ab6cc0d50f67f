import { expect, test } from 'vitest';
import { lastDates, runsOutAtMs } from '@/lib/services/overview/rules';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21, 3, 30);

test('funds run out when what is there is burnt, and never where nothing is', () => {
  expect(runsOutAtMs(10_000_000n, 1_000_000n, NOW)).toBe(NOW + 10 * DAY);
  expect(runsOutAtMs(500_000n, 1_000_000n, NOW)).toBe(NOW + DAY / 2);
  expect(runsOutAtMs(1n, 0n, NOW)).toBeNull();
  expect(runsOutAtMs(0n, 1n, NOW)).toBe(NOW);
  expect(runsOutAtMs(-5n, 0n, NOW)).toBe(NOW);
  expect(runsOutAtMs(10n ** 15n, 1n, NOW)).toBeNull();
});

test('days are those of the account’s own wall clock', () => {
  expect(lastDates(NOW, 2, 'America/New_York')).toEqual(['2026-11-19', '2026-11-20']);
  expect(lastDates(NOW, 2, 'Asia/Tokyo')).toEqual(['2026-11-20', '2026-11-21']);
});

test('a day of 25 hours is a day like any other', () => {
  const dates = lastDates(Date.UTC(2026, 10, 2, 12), 4, 'America/New_York');
  expect(dates).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02']);
});
