import { describe, expect, test } from 'vitest';
import { formatClock, formatSpan } from '@/lib/client/format/duration';

describe('durations for people', () => {
  test('a talk reads as on a clock', () => {
    expect(formatClock(21)).toBe('0:21');
    expect(formatClock(192.9)).toBe('3:12');
    expect(formatClock(3723)).toBe('1:02:03');
  });

  test('a span tells its two largest units and no empty one', () => {
    expect(formatSpan(48)).toBe('48 s');
    expect(formatSpan(15_120)).toBe('4 h 12 min');
    expect(formatSpan(3_600)).toBe('1 h');
    expect(formatSpan(12 * 86_400 + 4 * 3_600 + 59)).toBe('12 d 4 h');
  });
});
