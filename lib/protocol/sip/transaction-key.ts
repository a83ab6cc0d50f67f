import type { SipRequest, SipResponse } from './message';
import { MAGIC_COOKIE, sentByOf } from './via';

/**
 * What a request's server transaction is found by: branch, sent-by and method, where ACK and
 * CANCEL look for their INVITE (§17.2.3). A branch without the magic cookie comes from an RFC 2543
 * element and says nothing by itself, so the whole request stands in for it.
 */
export function serverKey(request: SipRequest, method: string): string {
  const { via } = request;
  const branch = via.params.get('branch') ?? '';
  const kind = method === 'ACK' ? 'INVITE' : method;
  if (branch.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length) {
    return `${branch}|${sentByOf(via)}|${kind}`;
  }
  const top = request.headers('via')[0] ?? '';
  const call = `${request.callId}|${request.fromTag}|${request.cseq.sequence}`;
  return `2543|${request.uri}|${call}|${top}|${kind}`;
}

/** What a response's client transaction is found by: our branch and the CSeq's method (§17.1.3). */
export function clientKey(message: SipRequest | SipResponse): string {
  return `${message.via.params.get('branch') ?? ''}|${message.cseq.method}`;
}

/**
 * What an INVITE is, whatever way it took: finds the one that came twice by different paths
 * (§8.2.2.2), and the one that a CANCEL means whose sent-by a NAT or proxy has changed.
 */
export function callAttemptKey(request: SipRequest): string {
  return `${request.callId}|${request.fromTag}|${request.cseq.sequence}`;
}

const BRANCH = ';branch=';

/** The branch of a Via that we wrote ourselves. */
export function viaBranch(via: string): string {
  const start = via.indexOf(BRANCH) + BRANCH.length;
  const end = via.indexOf(';', start);
  return end < 0 ? via.slice(start) : via.slice(start, end);
}
