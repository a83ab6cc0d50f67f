import { type HeaderLine, HeaderList } from './header-fields';
import { type HeaderInit, headerLines, SipRequest, SipResponse } from './message';
import { reasonOf } from './reasons';

/** What a request is made of. Via and Content-Length are added on the way out. */
export interface RequestInit {
  readonly method: string;
  readonly uri: string;
  readonly headers: HeaderInit;
  readonly body?: Buffer | undefined;
}

/** What a response has beside its status. */
export interface ResponseInit {
  readonly headers?: HeaderInit | undefined;
  readonly body?: Buffer | undefined;
}

/** What a response needs to know that is not in the request. */
export interface ResponseStart {
  readonly status: number;
  readonly reason?: string | undefined;
  /** Added to To where the request has no tag; never on a 100. */
  readonly toTag?: string | undefined;
  /** The topmost Via with received and rport filled in; as it came otherwise. */
  readonly topVia?: string | undefined;
}

/** A request of ours. Max-Forwards is 70 unless given. */
export function createRequest(init: RequestInit): SipRequest {
  const lines = headerLines(init.headers);
  if (!lines.some((line) => line.name === 'max-forwards')) {
    lines.unshift({ name: 'max-forwards', value: '70' });
  }
  return new SipRequest(init, new HeaderList(lines), init.body);
}

/**
 * A response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq are copied;
 * Record-Route too where a dialog may come of it (§12.1.1); To gets our tag.
 */
export function createResponse(
  request: SipRequest,
  start: ResponseStart,
  init: ResponseInit = {},
): SipResponse {
  const { status } = start;
  const lines: HeaderLine[] = [];
  for (const [index, via] of request.headers('via').entries()) {
    lines.push({ name: 'via', value: index === 0 ? (start.topVia ?? via) : via });
  }
  if (status > 100 && status < 300) {
    for (const value of request.fields.all('record-route')) {
      lines.push({ name: 'record-route', value });
    }
  }
  for (const name of ['from', 'to', 'call-id', 'cseq']) {
    const value = request.fields.first(name);
    if (value === undefined) continue;
    lines.push({ name, value: name === 'to' ? taggedTo(request, value, start) : value });
  }
  if (status === 100) {
    const timestamp = request.fields.first('timestamp');
    if (timestamp !== undefined) lines.push({ name: 'timestamp', value: timestamp });
  }
  lines.push(...headerLines(init.headers ?? {}));
  const reason = start.reason ?? reasonOf(status);
  return new SipResponse({ status, reason }, new HeaderList(lines), init.body);
}

/** The To of a response: with our tag where the request has none. */
export function taggedTo(request: SipRequest, to: string, start: ResponseStart): string {
  if (start.toTag === undefined || start.status === 100) return to;
  // A To that can't be read goes back as it came: the 400 that says so is on its way.
  const address = request.readAddress('to');
  return address === undefined || address.params.has('tag') ? to : `${to};tag=${start.toTag}`;
}
