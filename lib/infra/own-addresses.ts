import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The first address of this machine that others can reach; loopback where there is none. */
export function outwardAddress(family: 'IPv4' | 'IPv6'): string {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const found = all.find((entry) => !entry.internal && entry.family === family);
  return found?.address ?? (family === 'IPv4' ? '127.0.0.1' : '::1');
}

/** Whether an address stands for all of its family. */
export const isWildcard = (bind: string): boolean => bind === '0.0.0.0' || bind === '::';

/** Where IPv6 peers reach SIP, unless it is said: what they are told anyway, or what is bound. */
export function ownIpv6(publicAddress: string, bound: readonly string[]): string | null {
  if (isIP(publicAddress) === 6) return publicAddress;
  const first = bound.find((item) => isIP(item) === 6);
  return first === '::' ? outwardAddress('IPv6') : (first ?? null);
}
