import { describe, expect, test } from 'vitest';
import { formatTime, formatUtc } from '@/lib/client/format/time';

const moment = new Date('2026-11-20T16:08:37.114Z');
const newYork = { locale: 'en', timeZone: 'America/New_York' };

describe('times for people', () => {
  test('a moment is told in the zone of the reader, day before month, 24 hours', () => {
    expect(formatTime(moment, 'exact', newYork)).toBe('Fri 20 Nov, 11:08:37');
    expect(formatTime(moment, 'time', { locale: 'en', timeZone: 'Asia/Tokyo' })).toBe('01:08');
    expect(formatTime(moment, 'date', newYork)).toBe('20 Nov 2026');
  });

  test('midnight is 00:00', () => {
    const midnight = new Date('2026-11-20T05:00:00Z');
    expect(formatTime(midnight, 'time', newYork)).toBe('00:00');
  });

  test('the same moment is at hand in UTC', () => {
    expect(formatUtc(moment)).toBe('2026-11-20 16:08:37 UTC');
  });
});
