import { isTextAt, Span } from '@/lib/protocol/sip/span';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

const SCHEME = 'Digest ';

/**
 * The answer to a challenge as nearly all phones write it, found in its packet by offsets: each
 * parameter at its own token boundary, once, under its usual name in lower case, without an escape.
 * Whatever is written otherwise is left to parseDigestParameters; what is read here means the same
 * to both. Spans are of what stands within the quotes.
 */
export class SignedBytes {
  readonly username = new Span();
  readonly realm = new Span();
  readonly nonce = new Span();
  readonly uri = new Span();
  readonly response = new Span();
  readonly cnonce = new Span();
  readonly nc = new Span();
  private readonly algorithm = new Span();
  private readonly qop = new Span();
  private readonly opaque = new Span();
  private readonly all = [
    this.username,
    this.realm,
    this.nonce,
    this.uri,
    this.response,
    this.cnonce,
    this.nc,
    this.algorithm,
    this.qop,
    this.opaque,
  ];

  /** Reads the value of an Authorization header. False: not this way, or not all that it needs. */
  read(bytes: Uint8Array, value: Span): boolean {
    for (const span of this.all) span.clear();
    let at = value.start;
    for (let index = 0; index < SCHEME.length; index += 1, at += 1) {
      if (bytes[at] !== SCHEME.charCodeAt(index)) return false;
    }
    const { end } = value;
    for (;;) {
      at = this.readOne(bytes, skipSpaces(bytes, at, end), end);
      if (at < 0) return false;
      at = skipSpaces(bytes, at, end);
      if (at >= end) return this.isComplete(bytes);
      if (bytes[at] !== COMMA) return false;
      at += 1;
    }
  }

  /** Reads `name=value`; where it ends, or -1. */
  private readOne(bytes: Uint8Array, start: number, end: number): number {
    let equals = start;
    while (equals < end && bytes[equals] !== EQUALS) equals += 1;
    const span = this.spanFor(bytes, start, equals);
    if (span === undefined || span.isFound) return -1;
    const from = equals + 1;
    let at = from;
    if (bytes[from] === QUOTE) {
      at += 1;
      while (at < end && bytes[at] !== QUOTE) {
        if (bytes[at] === BACKSLASH) return -1;
        at += 1;
      }
      if (at >= end) return -1;
      span.set(from + 1, at);
      return at + 1;
    }
    while (at < end && isTokenByte(bytes[at] ?? 0)) at += 1;
    if (at === from) return -1;
    span.set(from, at);
    return at;
  }

  private spanFor(bytes: Uint8Array, start: number, end: number): Span | undefined {
    name.set(start, end);
    switch (end - start) {
      case 2:
        return isTextAt(bytes, name, 'nc') ? this.nc : undefined;
      case 3:
        if (isTextAt(bytes, name, 'uri')) return this.uri;
        return isTextAt(bytes, name, 'qop') ? this.qop : undefined;
      case 5:
        if (isTextAt(bytes, name, 'realm')) return this.realm;
        return isTextAt(bytes, name, 'nonce') ? this.nonce : undefined;
      case 6:
        if (isTextAt(bytes, name, 'cnonce')) return this.cnonce;
        return isTextAt(bytes, name, 'opaque') ? this.opaque : undefined;
      case 8:
        if (isTextAt(bytes, name, 'username')) return this.username;
        return isTextAt(bytes, name, 'response') ? this.response : undefined;
      case 9:
        return isTextAt(bytes, name, 'algorithm') ? this.algorithm : undefined;
      default:
        return undefined;
    }
  }

  private isComplete(bytes: Uint8Array): boolean {
    const { username, realm, nonce, uri, response, cnonce, nc, qop, algorithm } = this;
    if (!username.isFound || !realm.isFound || !nonce.isFound || !uri.isFound) return false;
    if (cnonce.length < 1 || cnonce.length > MAX_CNONCE_BYTES || nc.length !== 8) return false;
    if (response.length !== MD5_HEX_CHARS || !isTextAt(bytes, qop, 'auth')) return false;
    return !algorithm.isFound || isTextAt(bytes, algorithm, 'MD5');
  }

  /** The nonce-count; -1 where it is no number. */
  countAt(bytes: Uint8Array): number {
    let count = 0;
    for (let at = this.nc.start; at < this.nc.end; at += 1) {
      const code = bytes[at] ?? 0;
      const lower = code | 0x20;
      if (code >= 0x30 && code <= 0x39) count = count * 16 + code - 0x30;
      else if (lower >= 0x61 && lower <= 0x66) count = count * 16 + lower - 0x57;
      else return -1;
    }
    return count;
  }
}

const name = new Span();
/** Far more than any phone sends; longer ones are looked at by parseDigestParameters. */
const MAX_CNONCE_BYTES = 128;
const MD5_HEX_CHARS = 32;

function skipSpaces(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at += 1;
  return at;
}

/** Letters, digits and `-._`: of the tokens those that stand unquoted in a digest. */
function isTokenByte(code: number): boolean {
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x5f;
}
