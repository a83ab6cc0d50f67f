import { parseUri, type SipUri } from '@/lib/protocol/sip/uri';

/** Whether a host (lower case, IPv6 in brackets) and port are this server. */
export type IsOurs = (host: string, port: number | undefined) => boolean;

function isSamePlace(left: SipUri, right: SipUri): boolean {
  return left.host === right.host && (left.port ?? 5060) === (right.port ?? 5060);
}

/**
 * Whether the uri that was signed means the Request-URI (RFC 7616 §3.4.6). Real clients differ
 * from the letter; each of these was seen, and none lets a captured digest be used twice, for
 * that the nonce-count stands:
 * - text equal, or equal in user, host and port, parameters apart (`;transport=tcp` on one side);
 * - the signed uri is this server itself, by any of its names and addresses, with the same user or
 *   none: SIPp signs `sip:ip:port`, some phones `sip:domain` for every request.
 */
export function uriMatches(signed: string, requestUri: string, isOurs: IsOurs): boolean {
  if (signed === requestUri) return true;
  const left = parseUri(signed);
  const right = parseUri(requestUri);
  if (left === undefined || right === undefined) return false;
  if (left.scheme === 'tel' || right.scheme === 'tel') {
    return left.scheme === 'tel' && right.scheme === 'tel' && left.number === right.number;
  }
  if (left.user === right.user && isSamePlace(left, right)) return true;
  return (left.user === '' || left.user === right.user) && isOurs(left.host, left.port);
}
