import type { DialogId } from './dialog';
import { parseNameAddr } from './name-addr';
import { parseParameters } from './parameters';
import { parseUri, type Uri, unescapeOnce } from './uri';

/** Which dialog is to be replaced, as the side that is asked sees it (RFC 3891 §3). */
export interface Replaces extends DialogId {
  /** Only while it is not answered. */
  readonly earlyOnly: boolean;
}

/** Whom to call, and whose place to take there. */
export interface ReferTarget {
  readonly uri: Uri;
  readonly replaces: Replaces | null;
}

export type ReferReading =
  | { readonly ok: true; readonly target: ReferTarget }
  | { readonly ok: false; readonly reason: string };

/** Reads a Replaces header, or the same inside a URI once unescaped; undefined where malformed. */
export function parseReplaces(text: string): Replaces | undefined {
  const semicolon = text.indexOf(';');
  const callId = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const params = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  // RFC 3261 §25.1: word [ "@" word ]; what could end a line or a header is in neither.
  if (!params || callId === '' || /[\s;,\0]/.test(callId)) return undefined;
  const localTag = params.get('to-tag');
  const remoteTag = params.get('from-tag');
  if (!localTag || !remoteTag) return undefined;
  return { callId, localTag, remoteTag, earlyOnly: params.has('early-only') };
}

/**
 * Reads Refer-To (RFC 3515 §2.1). Of the headers that its URI may bring only Replaces is taken;
 * whatever else the URI would have us say to its target is not said. Its methods are INVITE alone.
 */
export function readReferTo(value: string | undefined): ReferReading {
  const address = value === undefined ? undefined : parseNameAddr(value);
  const uri = address && parseUri(address.uri);
  if (!uri) return { ok: false, reason: 'A Refer-To Address Is Needed' };
  if (uri.scheme === 'tel') return { ok: true, target: { uri, replaces: null } };
  const method = uri.params.get('method');
  if (method !== undefined && method.toUpperCase() !== 'INVITE') {
    return { ok: false, reason: 'Only INVITE Can Be Referred' };
  }
  let replaces: Replaces | null = null;
  for (const header of uri.headers === '' ? [] : uri.headers.split('&')) {
    const equals = header.indexOf('=');
    const name = unescapeOnce(equals < 0 ? header : header.slice(0, equals))?.toLowerCase();
    if (name !== 'replaces') continue;
    const text = equals < 0 ? undefined : unescapeOnce(header.slice(equals + 1));
    const read = text === undefined ? undefined : parseReplaces(text);
    if (!read || replaces) return { ok: false, reason: 'Malformed Replaces' };
    replaces = read;
  }
  return { ok: true, target: { uri, replaces } };
}
