import { expect, test } from 'vitest';
import { momentOf } from '@/lib/core/wall-clock';

const at = ([month, day, hour]: [number, number, number], timeZone: string): string =>
  new Date(
    momentOf({ year: 2026, month, day, hour, minute: 30, second: 0 }, timeZone),
  ).toISOString();

test('a wall clock’s time is a moment, summer and winter', () => {
  expect(at([1, 15, 12], 'Europe/Berlin')).toBe('2026-01-15T11:30:00.000Z');
  expect(at([7, 15, 12], 'Europe/Berlin')).toBe('2026-07-15T10:30:00.000Z');
  expect(at([7, 15, 0], 'Asia/Kolkata')).toBe('2026-07-14T19:00:00.000Z');
});

test('a time that is shown twice is its first moment, one that is skipped comes after the gap', () => {
  // Clocks go back at 3:00 on 25 October, and forward at 2:00 on 29 March.
  expect(at([10, 25, 2], 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  expect(at([3, 29, 2], 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
  expect(at([3, 8, 2], 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
});
