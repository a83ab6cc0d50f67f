import { describe, expect, it } from 'vitest';
import { MAX_CALL_SECONDS, ratedSeconds, settledSeconds } from '@/lib/core/duration';

describe('rated seconds', () => {
  it.each([
    [0, 1],
    [1, 1],
    [499, 1],
    [1_499, 1],
    [1_499.999, 1],
    [1_500, 2],
    [31_980, 32],
    [32_020, 32],
    [60_500, 61],
  ])('of %d ms between answer and end are %i', (talkedMs, seconds) => {
    expect(ratedSeconds(talkedMs)).toBe(seconds);
  });

  it('of an answered call are never 0', () => {
    expect(ratedSeconds(0)).toBe(1);
  });

  it('never exceed a day', () => {
    expect(ratedSeconds(1e12)).toBe(MAX_CALL_SECONDS);
  });

  it('never exceed what was granted', () => {
    expect(settledSeconds(60_700, 60)).toBe(60);
    expect(settledSeconds(12_000, 60)).toBe(12);
  });
});
