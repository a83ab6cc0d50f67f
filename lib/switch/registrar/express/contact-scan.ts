import { decimalAt, Span } from '@/lib/protocol/sip/span';

const LESS = 0x3c;
const GREATER = 0x3e;
const EXPIRES = ';expires=';

/** A Contact as phones write it that want one binding: `<uri>`, perhaps with `;expires=` behind it. */
export class ContactScan {
  readonly uri = new Span();
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
    this.expiresSeconds = -1;
    at += 1;
    if (at === end) return true;
    for (let index = 0; index < EXPIRES.length; index += 1, at += 1) {
      if (bytes[at] !== EXPIRES.charCodeAt(index)) return false;
    }
    this.digits.set(at, end);
    this.expiresSeconds = decimalAt(bytes, this.digits, 9);
    return this.expiresSeconds >= 0;
  }
}
