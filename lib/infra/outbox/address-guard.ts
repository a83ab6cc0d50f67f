import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { parseCidr } from '@/lib/core/cidr';
import { cidrMatcher } from '@/lib/core/cidr.server';

/** What is not the internet: RFC 6890 and IANA's special-purpose registries. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].flatMap((text) => {
  const parsed = parseCidr(text);
  return parsed.ok ? [parsed.cidr] : [];
});

const matchesNotPublic = cidrMatcher(NOT_PUBLIC);

/** Whether an address belongs to somebody on the internet, not to this house or its metadata. */
export function isPublicAddress(address: string): boolean {
  return isIP(address) !== 0 && !matchesNotPublic(address);
}

/** A host that resolves to an address we do not talk to. */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} does not lead to a public address`);
    this.name = 'AddressRefused';
  }
}

/**
 * A resolver for sockets that gives public addresses alone. It sits in the connection itself, so
 * what was checked is what is connected to, whatever DNS says a moment later.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
      callback(new AddressRefused(hostname), '', 0);
      return;
    }
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
