declare const cidrBrand: unique symbol;

/** An address range in canonical form, host bits zero: "192.0.2.0/24", "2001:db8::/32". */
export type Cidr = string & { readonly [cidrBrand]: true };

export type CidrResult =
  | { readonly ok: true; readonly cidr: Cidr }
  | { readonly ok: false; readonly reason: string };

/** An address as a number; for tables. IPv4 written inside IPv6 (::ffff:…) counts as the IPv4 it is. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** A range as a number, host bits zero. */
export interface Range extends Address {
  readonly prefixBits: number;
}

const BITS = { 4: 32, 6: 128 } as const;
const MAPPED_BITS = 96;
const MAPPED_PREFIX = 0xffffn;
/** Longer than any address or range is. */
const MAX_TEXT = 64;

/** Four decimal bytes, no leading zeros (octal to some), no short forms; null otherwise. */
function parseV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** The 16-bit groups of one side of "::", the last perhaps written as IPv4; null when malformed. */
function parseGroups(text: string): bigint[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && part.includes('.')) {
      const embedded = parseV4(part);
      if (embedded === null) return null;
      groups.push(embedded >> 16n, embedded & 0xffffn);
    } else if (/^[\da-f]{1,4}$/i.test(part)) {
      groups.push(BigInt(`0x${part}`));
    } else {
      return null;
    }
  }
  return groups;
}

/** RFC 4291 §2.2, without a zone; null otherwise. */
function parseV6(text: string): bigint | null {
  const sides = text.split('::');
  if (sides.length > 2) return null;
  const head = parseGroups(sides[0] ?? '');
  const tail = parseGroups(sides[1] ?? '');
  if (head === null || tail === null) return null;
  // IPv4 stands at the very end only.
  if (sides.length === 2 && sides[0]?.includes('.')) return null;
  const missing = 8 - head.length - tail.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Reads an address; null where it is none. */
export function parseAddress(text: string): Address | null {
  if (text.length > MAX_TEXT) return null;
  if (!text.includes(':')) {
    const value = parseV4(text);
    return value === null ? null : { version: 4, value };
  }
  const value = parseV6(text);
  if (value === null) return null;
  if (value >> 32n === MAPPED_PREFIX) return { version: 4, value: value & 0xffffffffn };
  return { version: 6, value };
}

/** RFC 5952: lower case, no leading zeros, the longest run of zero groups (from two) as "::". */
function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let end = start;
    while (groups[end] === '0') end += 1;
    if (end - start > best.length) best = { start, length: end - start };
  }
  if (best.length < 2) return groups.join(':');
  const head = groups.slice(0, best.start).join(':');
  return `${head}::${groups.slice(best.start + best.length).join(':')}`;
}

function formatAddress({ version, value }: Address): string {
  if (version === 6) return formatV6(value);
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

function hostBits(range: { version: 4 | 6; prefixBits: number }): bigint {
  return BigInt(BITS[range.version] - range.prefixBits);
}

/** Reads "address" or "address/bits"; says why not. Host bits are cleared. */
function parseRange(text: string): Range | string {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  const address = rest.length === 0 ? parseAddress(addressText) : null;
  if (address === null) return 'not an IPv4 or IPv6 address';
  const mapped = address.version === 4 && addressText.includes(':');
  const maximum = mapped ? BITS[6] : BITS[address.version];
  if (bitsText !== undefined && !/^(0|[1-9]\d{0,2})$/.test(bitsText)) {
    return 'the length after "/" is not a whole number';
  }
  const bits = bitsText === undefined ? maximum : Number(bitsText);
  if (bits > maximum) return `the length after "/" is at most ${maximum}`;
  const prefixBits = mapped ? bits - MAPPED_BITS : bits;
  if (prefixBits <= 0) return 'it would allow every address';
  const shift = hostBits({ version: address.version, prefixBits });
  return { version: address.version, value: (address.value >> shift) << shift, prefixBits };
}

/**
 * Reads an address or a range and writes it canonically: a bare address becomes /32 or /128, host
 * bits are cleared, IPv4 inside IPv6 becomes IPv4. Refuses /0, zones, octal and short forms.
 */
export function parseCidr(text: string): CidrResult {
  const range = parseRange(text);
  if (typeof range === 'string') return { ok: false, reason: `"${text}": ${range}` };
  return { ok: true, cidr: `${formatAddress(range)}/${range.prefixBits}` as Cidr };
}

/** A range that was read before, as a number. */
export function rangeOfCidr(cidr: Cidr): Range {
  const range = parseRange(cidr);
  if (typeof range === 'string') throw new TypeError(`"${cidr}" is no range: ${range}`);
  return range;
}

/** The network that an address lies in, at a length of the prefix. */
export function networkOf(address: Address, prefixBits: number): bigint {
  const shift = hostBits({ version: address.version, prefixBits });
  return (address.value >> shift) << shift;
}

/** Whether a text is a range in canonical form. */
export function isCidr(text: string): text is Cidr {
  const result = parseCidr(text);
  return result.ok && result.cidr === text;
}

/** An address in canonical form (mapped ones as IPv4), or null where it is none. */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

function samePrefix(left: Address, right: Address, prefixBits: number): boolean {
  if (left.version !== right.version) return false;
  const shift = hostBits({ version: left.version, prefixBits });
  return left.value >> shift === right.value >> shift;
}

/** Whether an address lies in a range; false for what is no address. */
export function cidrContains(cidr: Cidr, addressText: string): boolean {
  const range = parseRange(cidr);
  const address = parseAddress(addressText);
  if (typeof range === 'string' || address === null) return false;
  return samePrefix(range, address, range.prefixBits);
}

/** Whether two ranges have an address in common: then one contains the other. */
export function cidrsOverlap(left: Cidr, right: Cidr): boolean {
  const one = parseRange(left);
  const other = parseRange(right);
  if (typeof one === 'string' || typeof other === 'string') return false;
  return samePrefix(one, other, Math.min(one.prefixBits, other.prefixBits));
}

/** An address as it stands in a packet, 4 or 16 bytes; null for what is none. A zone is left out. */
export function addressBytes(text: string): Uint8Array | null {
  const address = parseAddress(text.replace(/%.*$/, ''));
  if (address === null) return null;
  const length = BITS[address.version] / 8;
  return Uint8Array.from({ length }, (_, index) =>
    Number((address.value >> BigInt(8 * (length - 1 - index))) & 0xffn),
  );
}
