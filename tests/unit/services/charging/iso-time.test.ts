import { expect, it } from 'vitest';
import { isoTime } from '@/lib/services/charging/internal/outbox';

it('writes what a Date writes, whichever second comes after which', () => {
  const seconds = [
    0, 1_795_000_000, 1_795_000_001, 1_795_000_000, -62_135_596_800, 253_402_300_799,
  ];
  for (const second of seconds) {
    for (const ms of [0, 1, 9, 10, 99, 100, 999, 0.5, 999.9]) {
      const atMs = second * 1_000 + ms;
      expect(isoTime(atMs)).toBe(new Date(Math.floor(atMs)).toISOString());
    }
  }
  expect(() => isoTime(Number.NaN)).toThrow(RangeError);
});
