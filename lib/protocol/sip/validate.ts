import { SINGLE_HEADERS } from './header-names';
import type { SipMessage, SipRequest, SipResponse } from './message';
import type { Defect } from './parse';
import { parseUri } from './uri';

/** Hops that a message may list (facts: parser musts; Max-Forwards starts at 70). */
export const MAX_VIA_COUNT = 70;

/**
 * Of what names a transaction or a dialog: Call-ID, tags, branch. They are kept in tables, so their
 * length is bounded; the longest of RFC 4475's torture (§3.1.1.7) has 225.
 */
export const MAX_IDENTIFIER_CHARS = 512;

const MANDATORY = ['via', 'from', 'to', 'call-id', 'cseq'] as const;
const KNOWN_SCHEME = /^(?:sips?|tel):/i;

function bad(reason: string): Defect {
  return { status: 400, reason };
}

/**
 * What is wrong with a message, or undefined. After this the getters of the message (via, from,
 * to, cseq …) hold. A request with a defect is answered with it, a response is dropped.
 */
export function validate(message: SipMessage): Defect | undefined {
  return (
    checkCounts(message) ??
    checkAddresses(message) ??
    checkSequence(message) ??
    (message.kind === 'request' ? checkRequest(message) : checkResponse(message))
  );
}

function checkCounts(message: SipMessage): Defect | undefined {
  const names = message.fields.names();
  for (let index = 1; index < names.length; index += 1) {
    const name = names[index] ?? '';
    if (names.indexOf(name) < index && SINGLE_HEADERS.has(name)) return bad(`Duplicate ${name}`);
  }
  for (const name of MANDATORY) if (!names.includes(name)) return bad(`Missing ${name}`);
  const { callId } = message;
  if (callId.length > MAX_IDENTIFIER_CHARS) return bad('Call-ID Too Long');
  return callId === '' || /\s/.test(callId) ? bad('Malformed Call-ID') : undefined;
}

function checkAddresses(message: SipMessage): Defect | undefined {
  if (message.headers('via').length > MAX_VIA_COUNT) return bad('Too Many Vias');
  const via = message.readVia();
  if (via === undefined) return bad('Malformed Via');
  if ((via.params.get('branch') ?? '').length > MAX_IDENTIFIER_CHARS) return bad('Branch Too Long');
  for (const name of ['from', 'to'] as const) {
    const address = message.readAddress(name);
    if (address === undefined || !isUsableUri(address.uri)) return bad(`Malformed ${name}`);
    if (address.params.has('tag') && !isTag(address.params.get('tag'))) {
      return bad(`Malformed ${name} tag`);
    }
  }
  return undefined;
}

function isTag(tag: string | undefined): boolean {
  if (tag === undefined || tag === '' || tag.length > MAX_IDENTIFIER_CHARS) return false;
  return !/[\s;,"<>]/.test(tag);
}

/** Schemes that we know must parse; others are somebody else's business (416 comes later). */
function isUsableUri(uri: string): boolean {
  return KNOWN_SCHEME.test(uri) ? parseUri(uri) !== undefined : /^[A-Za-z][\w+.-]*:/.test(uri);
}

function checkSequence(message: SipMessage): Defect | undefined {
  const cseq = message.readCSeq();
  if (cseq === undefined) return bad('Malformed CSeq');
  const isForeign = message.kind === 'request' && cseq.method !== message.method;
  return isForeign ? bad('CSeq Method Mismatch') : undefined;
}

function checkRequest(request: SipRequest): Defect | undefined {
  if (!isUsableUri(request.uri)) return bad('Malformed Request-URI');
  const maxForwards = request.fields.first('max-forwards');
  if (maxForwards !== undefined && !(/^\d{1,10}$/.test(maxForwards) && Number(maxForwards) < 256)) {
    return bad('Malformed Max-Forwards');
  }
  return undefined;
}

/** A response with a second Via was meant for somebody behind us; we are never a proxy (§8.1.3.3). */
function checkResponse(response: SipResponse): Defect | undefined {
  return response.headers('via').length > 1 ? bad('Not For Us') : undefined;
}
