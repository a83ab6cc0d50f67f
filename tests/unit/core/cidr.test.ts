import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Cidr,
  canonicalAddress,
  cidrContains,
  cidrsOverlap,
  isCidr,
  parseCidr,
} from '@/lib/core/cidr';
import { cidrMatcher } from '@/lib/core/cidr.server';

function cidr(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(result.reason);
  return result.cidr;
}

describe('a range', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1/32'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['10.1.2.3/9', '10.0.0.0/9'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3/128'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7/128'],
    ['1::2:3:4:5:6:7', '1:0:2:3:4:5:6:7/128'],
    ['::ffff:192.0.2.1', '192.0.2.1/32'],
    ['::ffff:c000:201', '192.0.2.1/32'],
    ['::FFFF:192.0.2.77/120', '192.0.2.0/24'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201/128'],
  ])('%s is written %s', (text, canonical) => {
    expect(cidr(text)).toBe(canonical);
    expect(cidr(canonical)).toBe(canonical);
    expect(isCidr(canonical)).toBe(true);
  });

  it.each([
    '',
    '0.0.0.0/0',
    '::/0',
    '::ffff:0:0/96',
    '::ffff:1.2.3.4/64',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '010.0.0.1',
    '10.0.0.08',
    '10.1',
    '10.0.1',
    '0x0a.0.0.1',
    '167772161',
    '256.0.0.1',
    '1.2.3.4.5',
    ' 10.0.0.1',
    '10.0.0.1 ',
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    '12345::',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '::1.2.3',
    'localhost',
  ])('"%s" is refused', (text) => {
    expect(parseCidr(text).ok).toBe(false);
  });

  it('never accepts what the operating system would not take for an address', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f:.]{1,20}$/), (text) => {
        const address = canonicalAddress(text);
        expect(address !== null).toBe(isIP(text) !== 0);
        if (address !== null) expect(canonicalAddress(address)).toBe(address);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('an address', () => {
  it('lies in a range however it is written', () => {
    const range = cidr('192.0.2.0/24');
    for (const address of ['192.0.2.255', '::ffff:192.0.2.1', '::ffff:c000:201']) {
      expect(cidrContains(range, address)).toBe(true);
    }
    for (const address of ['192.0.3.0', '::c000:201', '192.0.2.01', 'x', '']) {
      expect(cidrContains(range, address)).toBe(false);
    }
    expect(cidrContains(cidr('::1'), '0:0:0:0:0:0:0:1')).toBe(true);
  });
});

const anyV4 = fc.ipV4();
const anyV6 = fc.ipV6().filter((text) => canonicalAddress(text)?.includes(':') === true);
const anyV4Cidr = fc
  .tuple(anyV4, fc.integer({ min: 1, max: 32 }))
  .map(([address, bits]) => cidr(`${address}/${bits}`));
// Shorter ones would span IPv4 mapped into IPv6, which BlockList and we understand differently.
const anyV6Cidr = fc
  .tuple(anyV6, fc.integer({ min: 96, max: 128 }))
  .map(([address, bits]) => cidr(`${address}/${bits}`));

/** Addresses near a range's edges, where mistakes live. */
function neighbours(range: Cidr): string[] {
  const [network = ''] = range.split('/');
  if (network.includes(':')) return [network];
  const last = network.split('.').map(Number);
  const value = last.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - Number(range.split('/')[1]));
  return [value - 1, value, value + size - 1, value + size]
    .filter((each) => each >= 0 && each < 2 ** 32)
    .map((each) => [24, 16, 8, 0].map((bits) => Math.floor(each / 2 ** bits) % 256).join('.'));
}

describe('matching', () => {
  it('agrees with BlockList of node:net', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyV4Cidr, anyV6Cidr),
        fc.array(fc.oneof(anyV4, anyV6), { maxLength: 5 }),
        (range, others) => {
          const [network = '', bits] = range.split('/');
          const list = new BlockList();
          list.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
          const matches = cidrMatcher([range]);
          for (const address of [...others, ...neighbours(range)]) {
            const expected = list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
            expect(cidrContains(range, address)).toBe(expected);
            expect(matches(address)).toBe(expected);
            if (isIP(address) === 4) expect(matches(`::ffff:${address}`)).toBe(expected);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('on the server takes mapped addresses, hex or dotted, zones, and nothing malformed', () => {
    const matches = cidrMatcher([cidr('192.0.2.0/24'), cidr('fe80::/10'), cidr('::1')]);
    for (const address of [
      '192.0.2.9',
      '::ffff:192.0.2.9',
      '::ffff:c000:209',
      'fe80::1%eth0',
      '::1',
    ]) {
      expect(matches(address)).toBe(true);
    }
    for (const address of ['192.0.3.9', '0192.0.2.9', '192.0.2', '', 'x', '::2', '127.0.0.1']) {
      expect(matches(address)).toBe(false);
    }
    expect(cidrMatcher([])('192.0.2.9')).toBe(false);
  });
});

describe('ranges overlap', () => {
  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/9', '10.128.0.0/9', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['::ffff:10.0.0.1', '10.0.0.0/8', true],
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['2001:db8::/32', '2001:db9::/32', false],
    ['10.0.0.0/8', 'a00::/8', false],
  ])('%s and %s: %s', (left, right, expected) => {
    expect(cidrsOverlap(cidr(left), cidr(right))).toBe(expected);
  });

  it('exactly when one contains the other’s first address', () => {
    fc.assert(
      fc.property(anyV4Cidr, anyV4Cidr, (left, right) => {
        const first = (range: Cidr) => range.split('/')[0] ?? '';
        expect(cidrsOverlap(left, right)).toBe(
          cidrContains(left, first(right)) || cidrContains(right, first(left)),
        );
      }),
    );
  });
});
