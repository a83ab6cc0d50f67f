import { Span } from '@/lib/protocol/sip/span';

const QUOTE = 0x22;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const LESS = 0x3c;
const GREATER = 0x3e;
const AT = 0x40;
const HYPHEN = 0x2d;
const DOT = 0x2e;

const SCHEME = 'sip:';
const TAG = ';tag=';
const MAX_USER_BYTES = 64;
const MAX_HOST_BYTES = 128;
const MAX_TAG_BYTES = 128;

/** From or To as phones write them: `"Name" <sip:user@host>;tag=…`, in which only that is found. */
export class AddressScan {
  /** Quotes included; empty where there is none. */
  readonly displayName = new Span();
  readonly uri = new Span();
  readonly user = new Span();
  readonly host = new Span();
  readonly tag = new Span();

  /** False where it is written any other way. */
  read(bytes: Uint8Array, value: Span): boolean {
    this.tag.clear();
    const open = this.readDisplayName(bytes, value);
    if (open < 0 || bytes[open] !== LESS) return false;
    const uriStart = open + 1;
    for (let index = 0; index < SCHEME.length; index += 1) {
      if (bytes[uriStart + index] !== SCHEME.charCodeAt(index)) return false;
    }
    const userStart = uriStart + SCHEME.length;
    let at = userStart;
    while (isUserByte(bytes[at] ?? 0)) at += 1;
    if (at === userStart || at - userStart > MAX_USER_BYTES || bytes[at] !== AT) return false;
    this.user.set(userStart, at);
    const hostStart = at + 1;
    at = hostStart;
    while (isHostByte(bytes[at] ?? 0)) at += 1;
    if (at === hostStart || at - hostStart > MAX_HOST_BYTES || bytes[at] !== GREATER) return false;
    if (!isAlphanumeric(bytes[hostStart] ?? 0) || !isAlphanumeric(bytes[at - 1] ?? 0)) return false;
    this.host.set(hostStart, at);
    this.uri.set(uriStart, at);
    return at + 1 === value.end || this.readTag(bytes, at + 1, value.end);
  }

  /** Where the `<` is to be; -1 where what precedes it is no quoted name without escapes. */
  private readDisplayName(bytes: Uint8Array, { start, end }: Span): number {
    this.displayName.set(start, start);
    if (bytes[start] !== QUOTE) return start;
    let at = start + 1;
    while (at < end && bytes[at] !== QUOTE) {
      if (bytes[at] === BACKSLASH) return -1;
      at += 1;
    }
    at += 1;
    this.displayName.set(start, at);
    while (at < end && bytes[at] === SPACE) at += 1;
    return at < end ? at : -1;
  }

  private readTag(bytes: Uint8Array, start: number, end: number): boolean {
    for (let index = 0; index < TAG.length; index += 1) {
      if (bytes[start + index] !== TAG.charCodeAt(index)) return false;
    }
    const from = start + TAG.length;
    if (end <= from || end - from > MAX_TAG_BYTES) return false;
    for (let at = from; at < end; at += 1) if (!isSafeByte(bytes[at] ?? 0)) return false;
    this.tag.set(from, end);
    return true;
  }
}

function isAlphanumeric(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** Of a user's characters those that need no decoding and mean the same everywhere. */
function isUserByte(code: number): boolean {
  return isSafeByte(code) || code === 0x2b;
}

/** Letters, digits, `-`, `.`, `_` and `~`: what a tag, a branch and a user may have in any grammar. */
export function isSafeByte(code: number): boolean {
  return isAlphanumeric(code) || code === HYPHEN || code === DOT || code === 0x5f || code === 0x7e;
}

/** A host's characters, in lower case. */
export function isHostByte(code: number): boolean {
  if (code >= 0x61 && code <= 0x7a) return true;
  return (code >= 0x30 && code <= 0x39) || code === DOT || code === HYPHEN;
}
