import { type Cidr, parseCidr } from '@/lib/core/cidr';
import { AppError } from '@/lib/core/errors';

/** Wider ranges are a typing error rather than an intention: a 256th of all addresses. */
const WIDEST_BITS = { 4: 8, 6: 16 } as const;

/** The range that somebody wrote, canonical. Throws INVALID_INPUT. */
export function toRange(text: string): Cidr {
  const parsed = parseCidr(text);
  if (!parsed.ok) throw new AppError('INVALID_INPUT', `The address ${parsed.reason}.`);
  const bits = Number(parsed.cidr.split('/')[1]);
  const widest = WIDEST_BITS[parsed.cidr.includes(':') ? 6 : 4];
  if (bits < widest) {
    throw new AppError('INVALID_INPUT', `The range is too wide: /${widest} at most.`);
  }
  return parsed.cidr;
}

/** A range as people read it: a single address without its length. */
export function shownAddress(cidr: string): string {
  return cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '');
}
