import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlaps, type TrunkMatch, toCanonicalAddress } from '@/lib/services/trunks/rules';

const match = fc.record<TrunkMatch>({
  address: fc.constantFrom('192.0.2.1', '192.0.2.2'),
  port: fc.constantFrom(null, 5060, 5062),
  transport: fc.constantFrom(null, 'udp', 'tcp'),
});
const packet = fc.record({
  address: fc.constantFrom('192.0.2.1', '192.0.2.2'),
  port: fc.constantFrom(5060, 5062, 9999),
  transport: fc.constantFrom('udp' as const, 'tcp' as const, 'tls' as const),
});
const takes = (trunk: TrunkMatch, from: { address: string; port: number; transport: string }) =>
  trunk.address === from.address &&
  (trunk.port === null || trunk.port === from.port) &&
  (trunk.transport === null || trunk.transport === from.transport);

test('trunks that do not overlap never both take a packet', () => {
  fc.assert(
    fc.property(match, match, packet, (one, other, from) => {
      if (!overlaps(one, other)) expect(takes(one, from) && takes(other, from)).toBe(false);
    }),
  );
});

test('overlapping goes both ways, and every trunk overlaps with itself', () => {
  fc.assert(
    fc.property(match, match, (one, other) => {
      expect(overlaps(one, other)).toBe(overlaps(other, one));
      expect(overlaps(one, one)).toBe(true);
    }),
  );
});

test('an address has one way to be written', () => {
  expect(toCanonicalAddress('2001:DB8::0001')).toBe('2001:db8::1');
  expect(toCanonicalAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(() => toCanonicalAddress('example.com')).toThrow();
});
