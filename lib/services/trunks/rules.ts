import { type Cidr, canonicalAddress, cidrsOverlap, parseCidr } from '@/lib/core/cidr';
import { AppError } from '@/lib/core/errors';
import type { TrunkKind } from './schemas';

/**
 * One way to write each address or range, so that equal ones compare equal: a range of one address
 * is that address. Throws INVALID_INPUT.
 */
export function toCanonicalAddress(address: string): string {
  const single = canonicalAddress(address);
  if (single !== null) return single;
  const range = parseCidr(address);
  if (!range.ok) {
    throw new AppError('INVALID_INPUT', `"${address}" is not an IP address or a range of them.`);
  }
  return range.cidr.replace(/^([^:]+)\/32$|^(.+)\/128$/, '$1$2');
}

/** What a trunk is matched by; null matches anything. */
export interface TrunkMatch {
  /** Canonical: an address or a range. */
  readonly address: string;
  readonly port: number | null;
  readonly transport: 'udp' | 'tcp' | 'tls' | null;
}

/** Whether a packet could come from either of two trunks, so that nobody could say from which. */
export function overlaps(one: TrunkMatch, other: TrunkMatch): boolean {
  return (
    cidrsOverlap(rangeOf(one.address), rangeOf(other.address)) &&
    meets(one.port, other.port) &&
    meets(one.transport, other.transport)
  );
}

function rangeOf(address: string): Cidr {
  const range = parseCidr(address);
  if (range.ok) return range.cidr;
  throw new AppError('INTERNAL', `a trunk is saved with the address "${address}"`);
}

function meets<T>(one: T | null, other: T | null): boolean {
  return one === null || other === null || one === other;
}

/** What a trunk consists of, as far as its kind demands something of it. */
export interface TrunkParts {
  readonly address: string | null;
  readonly host: string | null;
  readonly username: string | null;
  readonly hasSecret: boolean;
}

/** Throws INVALID_INPUT where a trunk lacks what its kind needs; names the field. */
export function checkParts(kind: TrunkKind, parts: TrunkParts): void {
  switch (kind) {
    case 'ip':
      if (parts.address === null) throw lacks('address', 'an address to be matched by');
      return;
    case 'registration':
      if (parts.host === null) throw lacks('host', 'the registrar that it registers with');
      if (parts.username === null) throw lacks('username', 'a user name to register');
      if (!parts.hasSecret) throw lacks('secret', 'a secret to register with');
      if (parts.address !== null) {
        throw invalid('address', 'A trunk that registers is matched by its registrar.');
      }
      return;
    case 'pbx':
      if (parts.address === null && parts.username === null) {
        throw lacks('address', 'an address, or a user name to register with');
      }
  }
}

function lacks(path: string, what: string): AppError {
  return invalid(path, `This trunk needs ${what}.`);
}

function invalid(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { meta: { issues: [{ path, message }] } });
}

/** Settings of a PBX's trunk that its owner may set; the rest is for who runs the switch. */
const OWN_SETTINGS: ReadonlySet<string> = new Set([
  'name',
  'state',
  'kind',
  'tenantId',
  'optionsSeconds',
  'codecs',
  'country',
  'numberFormat',
  'stripDigits',
  'prependDigits',
  'numberFormatIn',
  'stripDigitsIn',
  'prependDigitsIn',
  'identityHeader',
  'mediaSecurity',
  'recording',
  'maxChannels',
  'maxChannelsIn',
  'maxChannelsOut',
  'maxCallsPerSecond',
]);

/**
 * Throws FORBIDDEN where somebody else than the operator sets what only it may: above all an
 * address, for whoever is known by an address needs no secret, and it might be somebody else's.
 */
export function refuseOperatorSettings(data: object): void {
  const foreign = Object.entries(data).find(
    ([name, value]) => value !== undefined && value !== null && !OWN_SETTINGS.has(name),
  );
  if (!foreign) return;
  throw new AppError('FORBIDDEN', `"${foreign[0]}" of a trunk is set by the operator.`);
}
