/**
 * A range of bytes within a packet. Made once and set anew for each packet: what reads packets by
 * offsets allocates nothing.
 */
export class Span {
  start = 0;
  /** The byte behind the last; 0 where nothing was found. */
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  get isFound(): boolean {
    return this.end > 0;
  }

  set(start: number, end: number): void {
    this.start = start;
    this.end = end;
  }

  clear(): void {
    this.start = 0;
    this.end = 0;
  }
}

/** Whether these bytes are the characters of a text (a byte each). */
export function isTextAt(bytes: Uint8Array, span: Span, text: string): boolean {
  const { start, end } = span;
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether two ranges of a packet hold the same bytes. */
export function isSameAt(bytes: Uint8Array, one: Span, other: Span): boolean {
  const { length } = one;
  if (length !== other.length) return false;
  for (let index = 0; index < length; index += 1) {
    if (bytes[one.start + index] !== bytes[other.start + index]) return false;
  }
  return true;
}

const PRIME = 0x01000193;
/** Where a hash begins (FNV-1a, 32 bits, signed). */
export const HASH_SEED = 0x811c9dc5 | 0;

/** The hash of what came before and these bytes. */
export function mixBytes(hash: number, bytes: Uint8Array, span: Span): number {
  let mixed = hash;
  const { end } = span;
  for (let index = span.start; index < end; index += 1) {
    mixed = Math.imul(mixed ^ (bytes[index] ?? 0), PRIME);
  }
  return mixed;
}

/** The same of a text's first characters: what are bytes there are characters here. */
export function mixText(hash: number, text: string, chars = text.length): number {
  let mixed = hash;
  const end = Math.min(chars, text.length);
  for (let index = 0; index < end; index += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), PRIME);
  }
  return mixed;
}

/** The number of a span's digits, of which there may be so many; -1 where it is anything else. */
export function decimalAt(bytes: Uint8Array, span: Span, maxDigits: number): number {
  const { start, end } = span;
  if (end <= start || end - start > maxDigits) return -1;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
