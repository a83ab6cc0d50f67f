import type { HeaderInit, SipRequest } from '@/lib/protocol/sip/message';

/**
 * The largest request that goes into one datagram: 200 bytes below the smallest usual MTU (RFC 3261
 * §18.1.1). Larger ones are fragmented, and firewalls drop fragments.
 */
const MAX_DATAGRAM_BYTES = 1_300;
/** What the stack adds on the way out: Via with its branch, Content-Length. */
const ADDED_BYTES = 140;

/**
 * What a call can do without, the least missed first: data between user agents, then history that
 * Diversion tells as well, then Diversion. Who calls, its privacy, its signature and our loop mark
 * always go.
 */
const EXPENDABLE = ['user-to-user', 'history-info', 'diversion'] as const;

/**
 * A request that fits into a datagram, or comes as near to it as it can, by leaving out what is
 * expendable. Unchanged on streams: whoever can be reached by one gets the whole of it
 * (trunks choose the transport first). Our SDP is the least there is already.
 */
export function fitted(request: SipRequest, transport: string): SipRequest {
  if (transport !== 'udp') return request;
  let excess = sizeOf(request) + ADDED_BYTES - MAX_DATAGRAM_BYTES;
  const removed: Record<string, undefined> = {};
  for (const name of EXPENDABLE) {
    if (excess <= 0) break;
    const lines = request.fields.all(name);
    if (lines.length === 0) continue;
    removed[name] = undefined;
    excess -= lines.reduce((sum, line) => sum + lineSize(name, line), 0);
  }
  const changes: HeaderInit = removed;
  return Object.keys(removed).length === 0 ? request : request.withHeaders(changes);
}

function sizeOf(request: SipRequest): number {
  const startLine = request.method.length + request.uri.length + ' SIP/2.0\r\n'.length + 1;
  const headers = request.fields
    .lines()
    .reduce((sum, { name, value }) => sum + lineSize(name, value), 0);
  return startLine + headers + request.body.length + 2;
}

function lineSize(name: string, value: string): number {
  return name.length + value.length + ': \r\n'.length;
}
