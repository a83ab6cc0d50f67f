import { ParsedTexts } from '@/lib/core/parsed-texts';
import {
  endOfQuoted,
  formatParameters,
  isToken,
  type Parameters,
  parseParameters,
  quote,
  unquote,
} from './parameters';

/** An address as From, To, Contact, Route, Refer-To … carry it (RFC 3261 §20.10). */
export interface NameAddr {
  /** Unquoted, as a wire string; '' when there is none. */
  readonly displayName: string;
  /** The URI as written; see parseUri. */
  readonly uri: string;
  /** Parameters of the header, not of the URI: tag, expires, q … */
  readonly params: Parameters;
}

/** The index of the `<` that opens the URI, -1 if there is none, undefined on an open quote. */
function openingBracket(text: string): number | undefined {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x3c) return index;
    if (code === 0x22) {
      const end = endOfQuoted(text, index);
      if (end < 0) return undefined;
      index = end - 1;
    }
  }
  return -1;
}

function displayNameOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  if (trimmed[0] === '"') {
    return endOfQuoted(trimmed, 0) === trimmed.length ? unquote(trimmed) : undefined;
  }
  // RFC 3261 asks for tokens here; real phones send any text unquoted, so only what would be
  // ambiguous is refused.
  return /[",;:<>@]/.test(trimmed) ? undefined : trimmed;
}

/**
 * Parses one address, or returns undefined. Without angle brackets everything after the first
 * semicolon belongs to the header, and a `?` or `,` is refused (RFC 3261 §20.10).
 */
export function parseNameAddr(text: string): NameAddr | undefined {
  return remembered.of(text);
}

/** From, To and Contact of a dialog come again with each of its messages. */
const PLACES = 64;
const remembered = new ParsedTexts(parseAnew, PLACES);

function parseAnew(text: string): NameAddr | undefined {
  const open = openingBracket(text);
  if (open === undefined) return undefined;
  if (open < 0) {
    const semicolon = text.indexOf(';');
    const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
    const params = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
    if (params === undefined || uri === '' || /[?,"\s]/.test(uri)) return undefined;
    return { displayName: '', uri, params };
  }
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const uri = text.slice(open + 1, close).trim();
  const displayName = displayNameOf(text.slice(0, open));
  const rest = text.slice(close + 1).trim();
  if (uri === '' || /[\s<"]/.test(uri) || displayName === undefined) return undefined;
  if (rest !== '' && rest[0] !== ';') return undefined;
  const params = parseParameters(rest);
  return params === undefined ? undefined : { displayName, uri, params };
}

/** Writes an address, always in angle brackets, the display name quoted where it must be. */
export function formatNameAddr(address: {
  readonly displayName?: string;
  readonly uri: string;
  readonly params?: Parameters;
}): string {
  const name = address.displayName ?? '';
  const shown = name === '' ? '' : `${isToken(name) ? name : quote(name)} `;
  const params = address.params === undefined ? '' : formatParameters(address.params);
  return `${shown}<${address.uri}>${params}`;
}
