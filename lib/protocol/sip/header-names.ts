import { isToken } from './parameters';

/** Compact forms (RFC 3261 §7.3.3 and the registry) and what they stand for. */
const COMPACT_FORMS: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** Headers whose value is a comma-separated list: `headers()` gives one entry per member. */
const LIST_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'alert-info',
  'allow',
  'allow-events',
  'call-info',
  'contact',
  'content-encoding',
  'content-language',
  'diversion',
  'error-info',
  'history-info',
  'in-reply-to',
  'p-asserted-identity',
  'remote-party-id',
  'p-preferred-identity',
  'path',
  'proxy-require',
  'reason',
  'record-route',
  'require',
  'route',
  'service-route',
  'supported',
  'unsupported',
  'via',
  'warning',
]);

/**
 * Headers of which a message may bear one only. A second one is how requests are smuggled past
 * the first reader, so it is refused, never "the last one wins" (RFC 3261 §7.3.1).
 */
export const SINGLE_HEADERS: ReadonlySet<string> = new Set([
  'call-id',
  'content-disposition',
  'content-length',
  'content-type',
  'cseq',
  'date',
  'event',
  'expires',
  'from',
  'max-forwards',
  'mime-version',
  'min-expires',
  'min-se',
  'rack',
  'refer-to',
  'referred-by',
  'replaces',
  'retry-after',
  'rseq',
  'session-expires',
  'subscription-state',
  'to',
  'user-agent',
]);

/** Names whose usual spelling is not "Each-Word-Capital". */
const SPELLINGS: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'mime-version': 'MIME-Version',
  'min-se': 'Min-SE',
  'p-asserted-identity': 'P-Asserted-Identity',
  'remote-party-id': 'Remote-Party-ID',
  rack: 'RAck',
  rseq: 'RSeq',
  'sip-etag': 'SIP-ETag',
  'sip-if-match': 'SIP-If-Match',
  'user-agent': 'User-Agent',
  'www-authenticate': 'WWW-Authenticate',
};

const MAX_CACHED_NAMES = 512;
const canonicalNames = new Map<string, string>();
const wireNames = new Map<string, string>();

/** The canonical name of a header: lower case, compact forms spelled out. */
export function canonicalHeaderName(name: string): string {
  const known = canonicalNames.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const canonical = (lower.length === 1 ? COMPACT_FORMS[lower] : undefined) ?? lower;
  if (canonicalNames.size < MAX_CACHED_NAMES) canonicalNames.set(name, canonical);
  return canonical;
}

/** Headers of nearly every message, in their usual spelling. */
const USUAL = [
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Contact',
  'Max-Forwards',
  'Expires',
  'User-Agent',
  'Server',
  'Authorization',
  'WWW-Authenticate',
  'Proxy-Authorization',
  'Content-Type',
  'Content-Length',
  'Allow',
  'Supported',
  'Require',
  'Route',
  'Record-Route',
  'Path',
  'Accept',
  'Date',
  'Event',
  'Reason',
  'Session-Expires',
  'Min-SE',
  'P-Asserted-Identity',
  'Privacy',
  'Diversion',
  'Allow-Events',
  'Subscription-State',
  'RAck',
  'RSeq',
  'Timestamp',
] as const;

interface UsualName {
  readonly wire: string;
  readonly canonical: string;
}

/** A number for a name, the same whatever its case; different names may share one. */
function nameHash(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start) | 0x20;
  const last = text.charCodeAt(end - 1) | 0x20;
  const middle = text.charCodeAt((start + end) >> 1) | 0x20;
  return ((end - start) << 24) | (first << 16) | (middle << 8) | last;
}

const usualNames = new Map<number, UsualName>(
  USUAL.map((wire) => [
    nameHash(wire, 0, wire.length),
    { wire, canonical: canonicalHeaderName(wire) },
  ]),
);

/**
 * The canonical name of the header that stands there: what is spelt as usual is compared in place
 * instead of being cut out and looked up.
 */
export function canonicalNameAt(text: string, start: number, end: number): string {
  const usual = usualNames.get(nameHash(text, start, end));
  return usual !== undefined &&
    usual.wire.length === end - start &&
    text.startsWith(usual.wire, start)
    ? usual.canonical
    : canonicalHeaderName(text.slice(start, end));
}

/** How a canonical name is written on the wire: `call-id` → `Call-ID`; undefined for no token. */
export function wireHeaderName(canonical: string): string | undefined {
  const known = wireNames.get(canonical);
  if (known !== undefined) return known;
  if (!isToken(canonical)) return undefined;
  const wire =
    SPELLINGS[canonical] ?? canonical.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  if (wireNames.size < MAX_CACHED_NAMES) wireNames.set(canonical, wire);
  return wire;
}

/** Whether a canonical name's value is a comma-separated list. */
export function isListHeader(canonical: string): boolean {
  return LIST_HEADERS.has(canonical);
}
