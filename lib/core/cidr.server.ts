import { BlockList, isIP } from 'node:net';
import { type Cidr, canonicalAddress } from './cidr';

/**
 * A compiled whitelist: tells whether an address (as a socket reports it; `::ffff:192.0.2.1` and a
 * zone are fine) lies in one of the ranges. What is no address is in none. For lists of a few
 * ranges that are asked often; the browser-safe single check is `cidrContains`.
 */
export function cidrMatcher(cidrs: readonly Cidr[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits = ''] = cidr.split('/');
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    const canonical = canonicalAddress(address.replace(/%.*$/, ''));
    if (canonical === null) return false;
    return list.check(canonical, isIP(canonical) === 6 ? 'ipv6' : 'ipv4');
  };
}
