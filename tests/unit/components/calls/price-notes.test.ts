import { describe, expect, it } from 'vitest';
import { partsOf, percentOf, prefixOf, replaysOf } from '@/components/calls/price-notes';
import type { WireHop } from '@/lib/services/calls/schemas';

const money = (amount: string) => ({ amount, currency: 'USD' });

function hop(parts: WireHop['parts'], replays: boolean | null = true): WireHop {
  return {
    hop: 0,
    payer: { id: 'a', name: 'A' },
    payee: { kind: 'account', id: 'b', name: 'B' },
    amount: money('0.010000'),
    ratedSeconds: 60,
    billedSeconds: 60,
    rate: null,
    parts,
    replays,
    correction: null,
    keeps: null,
  };
}

const part = (kind: WireHop['parts'][number]['kind'], perMinute: string, band: string | null) => ({
  ...{ kind, perMinute, band },
  seconds: 30,
});

describe('what a price is made of', () => {
  it('needs no line where all seconds cost the same', () => {
    expect(partsOf(hop([part('first', '0.0100', null), part('next', '0.0100', null)]))).toEqual([]);
    expect(partsOf(hop([]))).toEqual([]);
  });

  it('is told part by part where it has bands, free seconds, a bundle or a dearer beginning', () => {
    const texts = (parts: WireHop['parts']) => partsOf(hop(parts)).map(({ text }) => text);
    expect(texts([part('first', '0.0200', null), part('next', '0.0100', null)])).toEqual([
      'parts.first',
      'parts.next',
    ]);
    expect(texts([part('next', '0.0100', 'peak')])).toEqual(['parts.nextIn']);
    expect(texts([part('free', '0.0000', null), part('bundle', '0.0000', null)])).toEqual([
      'parts.free',
      'parts.bundle',
    ]);
  });

  it('writes a mark-up as per cent, and prefixes as people dial them', () => {
    expect([percentOf(200_000), percentOf(125_500), percentOf(0)]).toEqual(['20', '12.55', '0']);
    expect([prefixOf('44'), prefixOf('')]).toEqual(['+44', '+']);
  });

  it('replays where every hop with a rate does', () => {
    expect(replaysOf([hop([]), hop([], null)])).toBe(true);
    expect(replaysOf([hop([]), hop([], false)])).toBe(false);
    expect(replaysOf([hop([], null)])).toBeNull();
  });
});
