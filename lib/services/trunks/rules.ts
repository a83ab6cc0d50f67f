import { canonicalAddress } from '@/lib/core/cidr';
import { AppError } from '@/lib/core/errors';

/** One way to write each address, so that equal ones compare equal. Throws INVALID_INPUT. */
export function toCanonicalAddress(address: string): string {
  const canonical = canonicalAddress(address);
  if (canonical !== null) return canonical;
  throw new AppError('INVALID_INPUT', `"${address}" is not an IP address.`);
}

/** What a trunk is matched by; null matches anything. */
export interface TrunkMatch {
  /** Canonical. */
  readonly address: string;
  readonly port: number | null;
  readonly transport: 'udp' | 'tcp' | 'tls' | null;
}

/** Whether a packet could come from either of two trunks, so that nobody could say from which. */
export function overlaps(one: TrunkMatch, other: TrunkMatch): boolean {
  return (
    one.address === other.address &&
    meets(one.port, other.port) &&
    meets(one.transport, other.transport)
  );
}

function meets<T>(one: T | null, other: T | null): boolean {
  return one === null || other === null || one === other;
}
