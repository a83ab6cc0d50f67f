import { type Cidr, canonicalAddress, parseCidr } from '@/lib/core/cidr';
import { cidrMatcher } from '@/lib/core/cidr.server';
import { AppError } from '@/lib/core/errors';

/** Whom limits and bans count: an IPv4 address, or an IPv6 /64 (one host has all of it). */
export interface Source {
  readonly key: string;
  /** Neither limited nor banned. */
  readonly isExempt: boolean;
  /** The rule that shuts it out while it runs; undefined where none does. */
  readonly denial: Denial | undefined;
}

/** A range that is shut out by hand. */
export interface Denial {
  readonly id: string;
  readonly cidr: Cidr;
  /** Unix milliseconds; null: for good. */
  readonly untilMs: number | null;
}

/** What people and the configuration say about addresses. */
export interface AddressRules {
  /** Trunks, and what the operator allows. */
  readonly exempt: readonly Cidr[];
  readonly denied: readonly Denial[];
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

/**
 * Knows every address's source; remembers a bounded number of them. An address that is exempt is
 * never denied: whoever shuts out a whole network keeps the trunk that lies in it.
 */
export class SourceBook {
  private readonly cache = new Map<string, Source>();
  private readonly always: readonly Cidr[];
  private isExempt: (address: string) => boolean;
  private rulesText = '';
  private denials: readonly { denial: Denial; contains: (address: string) => boolean }[] = [];

  /** Throws INVALID_INPUT where an exemption is neither an address nor a range. */
  constructor(exempt: readonly string[]) {
    this.always = exempt.map((text): Cidr => {
      const parsed = parseCidr(text);
      if (!parsed.ok) throw new AppError('INVALID_INPUT', `exempt ${text}: ${parsed.reason}`);
      return parsed.cidr;
    });
    this.isExempt = cidrMatcher(this.always);
  }

  /** Replaces the rules; what was exempt from the start stays so. False where nothing changes. */
  setRules({ exempt, denied }: AddressRules): boolean {
    const text = JSON.stringify({ exempt, denied });
    if (text === this.rulesText) return false;
    this.rulesText = text;
    this.isExempt = cidrMatcher([...this.always, ...exempt]);
    this.denials = denied.map((denial) => ({ denial, contains: cidrMatcher([denial.cidr]) }));
    this.cache.clear();
    return true;
  }

  of(address: string): Source {
    const known = this.cache.get(address);
    if (known !== undefined) return known;
    const isExempt = this.isExempt(address);
    const denial = isExempt ? undefined : this.denialOf(address);
    const source = { key: keyOf(address), isExempt, denial };
    if (this.cache.size >= MAX_CACHED_ADDRESSES) this.cache.clear();
    this.cache.set(address, source);
    return source;
  }

  /** Of several rules the one that lasts longest. */
  private denialOf(address: string): Denial | undefined {
    let longest: Denial | undefined;
    for (const { denial, contains } of this.denials) {
      if (!contains(address)) continue;
      if (longest === undefined || endOf(denial) > endOf(longest)) longest = denial;
    }
    return longest;
  }
}

function endOf({ untilMs }: Denial): number {
  return untilMs ?? Number.POSITIVE_INFINITY;
}

/** Whether a source is shut out by hand at a moment. */
export function isDenied({ denial }: Source, nowMs: number): boolean {
  return denial !== undefined && endOf(denial) > nowMs;
}
