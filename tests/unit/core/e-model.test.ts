import { describe, expect, it, test } from 'vitest';
import { estimatedMos, type VoicePath } from '@/lib/core/e-model';

const clean: VoicePath = { codec: 'PCMA/8000', lostShare: 0, jitterMs: 0, roundTripMs: 0 };
const mos = (change: Partial<VoicePath>): number => estimatedMos({ ...clean, ...change }) ?? 0;

describe('the estimated MOS', () => {
  it('of undisturbed G.711 is what G.107 says of its defaults', () => {
    expect(mos({})).toBeCloseTo(4.4, 1);
  });

  it('of undisturbed G.729 is what G.113 takes off', () => {
    expect(mos({ codec: 'G729/8000' })).toBeCloseTo(4.1, 1);
  });

  it('falls with loss: two of a hundred are heard, twenty are not borne', () => {
    expect(mos({ lostShare: 0.02 })).toBeCloseTo(4.2, 1);
    expect(mos({ lostShare: 0.2 })).toBeLessThan(2.7);
    expect(mos({ lostShare: 1 })).toBeLessThan(1.5);
  });

  it('falls slowly with delay, and fast beyond what a conversation bears', () => {
    expect(mos({}) - mos({ roundTripMs: 200 })).toBeLessThan(0.1);
    expect(mos({ roundTripMs: 800 })).toBeLessThan(3.6);
    expect(mos({ jitterMs: 150 })).toBeLessThan(mos({ jitterMs: 10 }));
  });

  test.each([-1, 2, 0.5])('is on the scale, whatever is reported (%f lost)', (lostShare) => {
    for (const roundTripMs of [null, 0, 30_000]) {
      expect(mos({ lostShare, roundTripMs })).toBeGreaterThanOrEqual(1);
      expect(mos({ lostShare, roundTripMs })).toBeLessThanOrEqual(4.5);
    }
  });

  it('is not made up for a codec that nothing is known of', () => {
    expect(estimatedMos({ ...clean, codec: 'X-NEW/8000' })).toBeNull();
  });
});
