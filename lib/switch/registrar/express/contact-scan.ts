import { decimalAt, Span } from '@/lib/protocol/sip/span';

const LESS = 0x3c;
const GREATER = 0x3e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SEMICOLON = 0x3b;
const EXPIRES = ';expires=';
const INSTANCE = ';+sip.instance="';

/**
 * A Contact as phones write it that want one binding: `<uri>`, behind which `;expires=` and
 * `;+sip.instance="…"` may stand.
 */
export class ContactScan {
  readonly uri = new Span();
  /** Within its quotes; empty where it names none. */
  readonly instance = new Span();
  /** -1 where it says nothing of it. */
  expiresSeconds = -1;
  private readonly digits = new Span();

  /** False where it is written any other way. The URI is not looked into. */
  read(bytes: Uint8Array, { start, end }: Span): boolean {
    if (bytes[start] !== LESS) return false;
    let at = start + 1;
    while (at < end && bytes[at] !== GREATER) at += 1;
    if (at >= end) return false;
    this.uri.set(start + 1, at);
    this.instance.clear();
    this.digits.clear();
    this.expiresSeconds = -1;
    at += 1;
    while (at < end) {
      at = this.readParameter(bytes, at, end);
      if (at < 0) return false;
    }
    return true;
  }

  /** Where the parameter ends that begins there, or -1. */
  private readParameter(bytes: Uint8Array, start: number, end: number): number {
    if (startsWith(bytes, start, EXPIRES) && !this.digits.isFound) {
      const from = start + EXPIRES.length;
      let at = from;
      while (at < end && bytes[at] !== SEMICOLON) at += 1;
      this.digits.set(from, at);
      this.expiresSeconds = decimalAt(bytes, this.digits, 9);
      return this.expiresSeconds < 0 ? -1 : at;
    }
    if (!startsWith(bytes, start, INSTANCE) || this.instance.isFound) return -1;
    const from = start + INSTANCE.length;
    let at = from;
    while (at < end && bytes[at] !== QUOTE) {
      if (bytes[at] === BACKSLASH) return -1;
      at += 1;
    }
    if (at >= end || at === from) return -1;
    this.instance.set(from, at);
    return at + 1;
  }
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
