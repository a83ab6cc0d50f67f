import { endOfQuoted, isToken, unquote } from '@/lib/protocol/sip/parameters';

const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const COMMA = 0x2c;

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** Names that are asked for, so that they need not be cut out and put in lower case. */
const USUAL_NAMES = [
  'username',
  'realm',
  'nonce',
  'uri',
  'response',
  'algorithm',
  'cnonce',
  'opaque',
  'qop',
  'nc',
] as const;

function nameAt(text: string, start: number, end: number): string | undefined {
  for (const name of USUAL_NAMES) {
    if (name.length === end - start && text.startsWith(name, start)) return name;
  }
  const name = text.slice(start, end).toLowerCase();
  return isToken(name) ? name : undefined;
}

/** Where the value that starts there ends: a quoted string's end, or the next comma or blank. */
function endOfValue(text: string, start: number): number {
  if (text.charCodeAt(start) === QUOTE) return endOfQuoted(text, start);
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== COMMA) at += 1;
  while (at > start && isBlank(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

/**
 * Parses `Digest name=value, name="value"` at token boundaries into lower-case names and unquoted
 * values; undefined for another scheme, anything malformed, or a name that comes twice.
 */
export function parseDigestParameters(text: string): ReadonlyMap<string, string> | undefined {
  const scheme = /^\s*digest\s+/i.exec(text);
  if (scheme === null) return undefined;
  const parameters = new Map<string, string>();
  let at = skipBlanks(text, scheme[0].length);
  while (at < text.length) {
    if (text.charCodeAt(at) === COMMA) {
      // Empty members are passed over (RFC 9110 §5.6.1).
      at = skipBlanks(text, at + 1);
      continue;
    }
    const equals = text.indexOf('=', at);
    if (equals < 0) return undefined;
    let nameEnd = equals;
    while (nameEnd > at && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd -= 1;
    const name = nameAt(text, at, nameEnd);
    if (name === undefined || parameters.has(name)) return undefined;
    const start = skipBlanks(text, equals + 1);
    const end = endOfValue(text, start);
    if (end < 0) return undefined;
    parameters.set(name, unquote(text.slice(start, end)));
    at = skipBlanks(text, end);
    if (at < text.length && text.charCodeAt(at) !== COMMA) return undefined;
  }
  return parameters;
}
