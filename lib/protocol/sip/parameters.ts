/**
 * `;name=value` lists at token boundaries. A name is only ever matched as a whole token, never
 * found inside another (`nonce` inside `cnonce`) or inside a quoted string.
 */

/** Lower-case names to values; quoted values are unquoted, a bare name has the value ''. */
export type Parameters = ReadonlyMap<string, string>;

/** One for all that have none: most URIs and many addresses do. */
export const NO_PARAMETERS: Parameters = new Map();

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const TOKEN_OR_HOST = /^[A-Za-z0-9\-.!%*_+`'~[\]:]+$/;

/** Whether a text is an RFC 3261 §25.1 `token`. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Writes a `quoted-string`. CR, LF and NUL are left to the serializer, which refuses them. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** The content of a `quoted-string`, quotes included in the argument; other text as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text[0] !== '"' || text[text.length - 1] !== '"') return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

/** The index just after the quoted string that starts at `start`, or -1 if it never ends. */
export function endOfQuoted(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5c) index += 1;
    else if (code === 0x22) return index + 1;
  }
  return -1;
}

/**
 * Splits at a separator outside quotes and angle brackets, and trims; undefined if a quote or
 * bracket stays open. Empty members are dropped: a list may hold them (RFC 9110 §5.6.1).
 */
export function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] | undefined {
  if (!text.includes(separator)) {
    if (!text.includes('"') && !text.includes('<')) return text === '' ? [] : [text.trim()];
  }
  const parts: string[] = [];
  const wanted = separator.charCodeAt(0);
  let start = 0;
  let inBrackets = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22 && !inBrackets) {
      const end = endOfQuoted(text, index);
      if (end < 0) return undefined;
      index = end - 1;
    } else if (code === 0x3c) inBrackets = true;
    else if (code === 0x3e) inBrackets = false;
    else if (code === wanted && !inBrackets) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  if (inBrackets) return undefined;
  parts.push(text.slice(start).trim());
  return parts.filter((part) => part !== '');
}

/**
 * Parses `;a=b;c` (the leading semicolon included) or returns undefined: unknown shape, an empty
 * name, or a name that appears twice.
 */
export function parseParameters(text: string): Parameters | undefined {
  if (text === '') return NO_PARAMETERS;
  const parameters = new Map<string, string>();
  if (!text.includes('"') && !text.includes('<')) return parseBare(text, parameters);
  const parts = splitOutsideQuotes(text, ';');
  if (parts === undefined) return undefined;
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!isToken(name) || parameters.has(name)) return undefined;
    const value = equals < 0 ? '' : part.slice(equals + 1).trim();
    if (value[0] === '"' && endOfQuoted(value, 0) !== value.length) return undefined;
    parameters.set(name, unquote(value));
  }
  return parameters;
}

/** By length: what a Via, From and To have; written as here it need not be cut out and looked at. */
const USUAL_NAMES: readonly (string | undefined)[] = [
  ...[undefined, undefined, 'lr', 'tag', undefined, 'rport', 'branch', undefined, 'received'],
];

function usualName(text: string, start: number, end: number): string | undefined {
  const name = USUAL_NAMES[end - start];
  return name !== undefined && text.startsWith(name, start) ? name : undefined;
}

/** The same where nothing is quoted, as nearly always: one walk from semicolon to semicolon. */
function parseBare(text: string, parameters: Map<string, string>): Parameters | undefined {
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf(';', start);
    if (end < 0) end = text.length;
    const equals = text.indexOf('=', start);
    const isBare = equals < 0 || equals > end;
    const nameEnd = isBare ? end : equals;
    const usual = usualName(text, start, nameEnd);
    const name = usual ?? text.slice(start, nameEnd).trim().toLowerCase();
    if (name !== '' || !isBare) {
      if (usual === undefined && !isToken(name)) return undefined;
      if (parameters.has(name)) return undefined;
      parameters.set(name, isBare ? '' : text.slice(equals + 1, end).trim());
    }
    start = end + 1;
  }
  return parameters;
}

/** Writes `;name=value` for each; values that are neither token nor host are quoted. */
export function formatParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) {
    if (value === '') text += `;${name}`;
    else text += `;${name}=${TOKEN_OR_HOST.test(value) ? value : quote(value)}`;
  }
  return text;
}
