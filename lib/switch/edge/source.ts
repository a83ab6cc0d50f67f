import { type Cidr, canonicalAddress, parseCidr } from '@/lib/core/cidr';
import { cidrMatcher } from '@/lib/core/cidr.server';
import { AppError } from '@/lib/core/errors';

/** Whom limits and bans count: an IPv4 address, or an IPv6 /64 (one host has all of it). */
export interface Source {
  readonly key: string;
  /** Neither limited nor banned. */
  readonly isExempt: boolean;
}

const MAX_CACHED_ADDRESSES = 50_000;

function keyOf(address: string): string {
  const canonical = canonicalAddress(address.replace(/%.*$/, '')) ?? address;
  if (!canonical.includes(':')) return canonical;
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(8 - before.length - after.length, 0);
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Knows every address's source; remembers a bounded number of them. */
export class SourceBook {
  private readonly cache = new Map<string, Source>();
  private readonly isExempt: (address: string) => boolean;

  /** Throws INVALID_INPUT where an exemption is neither an address nor a range. */
  constructor(exempt: readonly string[]) {
    const cidrs = exempt.map((text): Cidr => {
      const parsed = parseCidr(text);
      if (!parsed.ok) throw new AppError('INVALID_INPUT', `exempt ${text}: ${parsed.reason}`);
      return parsed.cidr;
    });
    this.isExempt = cidrMatcher(cidrs);
  }

  of(address: string): Source {
    const known = this.cache.get(address);
    if (known !== undefined) return known;
    const source = { key: keyOf(address), isExempt: this.isExempt(address) };
    if (this.cache.size >= MAX_CACHED_ADDRESSES) this.cache.clear();
    this.cache.set(address, source);
    return source;
  }
}
