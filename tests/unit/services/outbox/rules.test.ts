import { expect, test } from 'vitest';
import { MAX_ATTEMPTS, nextTryAtMs, verdictOf } from '@/lib/services/outbox/rules';

test('a message is tried ten times over some 75 hours, each pause at least as long as the last', () => {
  const pauses = Array.from(
    { length: MAX_ATTEMPTS - 1 },
    (_, index) => nextTryAtMs(index + 1, 0) ?? 0,
  );
  expect(MAX_ATTEMPTS).toBe(10);
  expect([...pauses].sort((one, other) => one - other)).toEqual(pauses);
  const hours = pauses.reduce((sum, one) => sum + one, 0) / 3_600_000;
  expect(hours).toBeGreaterThan(75);
  expect(hours).toBeLessThan(76);
  expect(nextTryAtMs(MAX_ATTEMPTS, 0)).toBeNull();
});

test('only 2xx is delivered and only 410 is for good', () => {
  expect([200, 204, 299].map(verdictOf)).toEqual(['delivered', 'delivered', 'delivered']);
  expect([301, 400, 404, 500].map(verdictOf)).toEqual(['failed', 'failed', 'failed', 'failed']);
  expect(verdictOf(410)).toBe('gone');
});
