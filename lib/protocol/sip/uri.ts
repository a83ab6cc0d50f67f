import { ParsedTexts } from '@/lib/core/parsed-texts';
import { parseHostPort } from './host-port';
import { NO_PARAMETERS, type Parameters } from './parameters';

/** A `sip:` or `sips:` URI, taken apart (RFC 3261 §19.1). */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** %-escapes decoded once; '' when there is none. May hold any character but NUL. */
  readonly user: string;
  readonly password: string | undefined;
  /** Lower case; IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Lower-case names; values decoded once. */
  readonly params: Parameters;
  /** What follows `?`, as written; '' when there is none. */
  readonly headers: string;
}

/** A `tel:` URI (RFC 3966). */
export interface TelUri {
  readonly scheme: 'tel';
  /** Visual separators removed: `+12025550101` or local digits. */
  readonly number: string;
  readonly params: Parameters;
}

export type Uri = SipUri | TelUri;

const USER_UNESCAPED = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/%]*$/;
const PASSWORD_UNESCAPED = /^[A-Za-z0-9\-_.!~*'()&=+$,%]*$/;
const PARAM_UNESCAPED = /^[A-Za-z0-9\-_.!~*'()[\]/:&+$%=]*$/;
const HEADERS_UNESCAPED = /^[A-Za-z0-9\-_.!~*'()[\]/?:+$%&=]*$/;
const TEL_NUMBER = /^(?:\+[0-9]{1,30}|[0-9A-Fa-f*#]{1,30})$/;

/** Decodes %-escapes once, never recursively; undefined on a broken escape or NUL. */
export function unescapeOnce(text: string): string | undefined {
  if (!text.includes('%')) return text;
  let broken = false;
  const decoded = text.replace(/%(..?)?/g, (_, hex: string | undefined) => {
    if (hex === undefined || !/^[0-9A-Fa-f]{2}$/.test(hex) || hex === '00') {
      broken = true;
      return '';
    }
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return broken ? undefined : decoded;
}

/** Escapes what may not stand in a URI's user part. */
export function escapeUser(user: string): string {
  return escapeExcept(user, /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/g);
}

function escapeExcept(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0) & 0xff;
    return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

function parseUriParameters(text: string): Parameters | undefined {
  if (text === '') return NO_PARAMETERS;
  const params = new Map<string, string>();
  for (const part of text.slice(1).split(';')) {
    if (!PARAM_UNESCAPED.test(part)) return undefined;
    const equals = part.indexOf('=');
    const name = unescapeOnce(equals < 0 ? part : part.slice(0, equals))?.toLowerCase();
    const value = unescapeOnce(equals < 0 ? '' : part.slice(equals + 1));
    if (name === undefined || name === '' || value === undefined || params.has(name)) {
      return undefined;
    }
    params.set(name, value);
  }
  return params;
}

function parseTel(text: string): TelUri | undefined {
  const semicolon = text.indexOf(';');
  const number = (semicolon < 0 ? text : text.slice(0, semicolon)).replace(/[-.()]/g, '');
  const params = parseUriParameters(semicolon < 0 ? '' : text.slice(semicolon));
  if (!TEL_NUMBER.test(number) || params === undefined) return undefined;
  return { scheme: 'tel', number, params };
}

function parseUserInfo(text: string): { user: string; password: string | undefined } | undefined {
  const colon = text.indexOf(':');
  const rawUser = colon < 0 ? text : text.slice(0, colon);
  const rawPassword = colon < 0 ? undefined : text.slice(colon + 1);
  if (rawUser === '' || !USER_UNESCAPED.test(rawUser)) return undefined;
  if (rawPassword !== undefined && !PASSWORD_UNESCAPED.test(rawPassword)) return undefined;
  const user = unescapeOnce(rawUser);
  const password = rawPassword === undefined ? undefined : unescapeOnce(rawPassword);
  if (user === undefined || (rawPassword !== undefined && password === undefined)) return undefined;
  return { user, password };
}

/** A message has three or four URIs, each looked at two or three times. */
const PLACES = 64;
const remembered = new ParsedTexts(parseAnew, PLACES);

/** Parses a sip, sips or tel URI; undefined for anything else or anything malformed. */
export function parseUri(text: string): Uri | undefined {
  return remembered.of(text);
}

function parseAnew(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === 'tel') return parseTel(text.slice(colon + 1));
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  const at = text.lastIndexOf('@');
  const userInfo =
    at < 0 ? { user: '', password: undefined } : parseUserInfo(text.slice(colon + 1, at));
  const rest = text.slice((at < 0 ? colon : at) + 1);
  const question = rest.indexOf('?');
  const headers = question < 0 ? '' : rest.slice(question + 1);
  const beforeHeaders = question < 0 ? rest : rest.slice(0, question);
  const semicolon = beforeHeaders.indexOf(';');
  const hostPort = parseHostPort(semicolon < 0 ? beforeHeaders : beforeHeaders.slice(0, semicolon));
  const params = parseUriParameters(semicolon < 0 ? '' : beforeHeaders.slice(semicolon));
  if (userInfo === undefined || hostPort === undefined || params === undefined) return undefined;
  if (!HEADERS_UNESCAPED.test(headers)) return undefined;
  const { user, password } = userInfo;
  const { host, port } = hostPort;
  return { scheme, user, password, host, port, params, headers };
}

export function isSipsUri(text: string): boolean {
  return /^sips:/i.test(text);
}

/** Parses a sip or sips URI; undefined for anything else. */
export function parseSipUri(text: string): SipUri | undefined {
  const uri = parseUri(text);
  return uri === undefined || uri.scheme === 'tel' ? undefined : uri;
}

/** Writes a URI, escaping what must be. */
export function formatUri(uri: Uri): string {
  let params = '';
  for (const [name, value] of uri.params) {
    params += `;${escapeParam(name)}${value === '' ? '' : `=${escapeParam(value)}`}`;
  }
  if (uri.scheme === 'tel') return `tel:${uri.number}${params}`;
  const password = uri.password === undefined ? '' : `:${escapePassword(uri.password)}`;
  const user = uri.user === '' ? '' : `${escapeUser(uri.user)}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === '' ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${params}${headers}`;
}

function escapeParam(text: string): string {
  return escapeExcept(text, /[^A-Za-z0-9\-_.!~*'()[\]/:&+$]/g);
}

function escapePassword(text: string): string {
  return escapeExcept(text, /[^A-Za-z0-9\-_.!~*'()&=+$,]/g);
}

/** The user part of a sip URI or the number of a tel URI, decoded; '' when there is none. */
export function uriUser(uri: Uri): string {
  return uri.scheme === 'tel' ? uri.number : uri.user;
}

const COMPARED_WHEN_IN_ONE = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Whether two URIs are equivalent (RFC 3261 §19.1.4). Embedded headers compare as text. */
export function sameUri(left: Uri, right: Uri): boolean {
  if (left.scheme === 'tel' || right.scheme === 'tel') {
    return left.scheme === 'tel' && right.scheme === 'tel' && left.number === right.number;
  }
  if (left.scheme !== right.scheme || left.user !== right.user) return false;
  if (left.password !== right.password || left.host !== right.host) return false;
  if (left.port !== right.port || left.headers !== right.headers) return false;
  for (const [name, value] of left.params) {
    const other = right.params.get(name);
    if (other !== undefined && other.toLowerCase() !== value.toLowerCase()) return false;
  }
  return COMPARED_WHEN_IN_ONE.every((name) => left.params.has(name) === right.params.has(name));
}
