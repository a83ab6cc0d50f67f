import type { IncomingMessage } from 'node:http';

/** What the socket says of a request. */
export interface Arrival {
  /** The address at the other end of the socket. */
  readonly peer: string;
  readonly encrypted: boolean;
  /** Whether that address is one of TRUSTED_PROXIES. */
  readonly fromTrustedProxy: boolean;
}

const PEER = 'x-tollbridge-peer';
const HOST = 'x-tollbridge-host';
const PROTOCOL = 'x-tollbridge-proto';

/** What a proxy may say on a client's behalf, and nobody else. */
const FORWARDED = /^(forwarded|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip)$/;
const OURS = /^x-tollbridge-/;
/** A host name or address with an optional port (RFC 9110, 7.2), nothing that could become markup. */
const HOST_SYNTAX = /^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

function single(value: string | string[] | undefined): string {
  const text = Array.isArray(value) ? value[0] : value;
  return (text ?? '').split(',').at(-1)?.trim().toLowerCase() ?? '';
}

function set(request: IncomingMessage, name: string, value: string): void {
  request.headers[name] = value;
  request.rawHeaders.push(name, value);
}

function remove(request: IncomingMessage, unwanted: (name: string) => boolean): void {
  for (const name of Object.keys(request.headers)) {
    if (unwanted(name)) delete request.headers[name];
  }
  const raw = request.rawHeaders;
  for (let at = raw.length - 2; at >= 0; at -= 2) {
    if (unwanted(raw[at]?.toLowerCase() ?? '')) raw.splice(at, 2);
  }
}

/**
 * Writes over a request what its socket and, behind a trusted proxy, that proxy say: the peer, the
 * host asked for and the protocol. Whatever a client wrote into these or into forwarded headers is
 * gone. A malformed host becomes "" (no verified domain then matches).
 */
export function stampRequest(request: IncomingMessage, arrival: Arrival): void {
  const { fromTrustedProxy } = arrival;
  const proxied = (name: string): string => (fromTrustedProxy ? single(request.headers[name]) : '');
  const host = proxied('x-forwarded-host') || single(request.headers.host);
  const told = proxied('x-forwarded-proto');
  const own = arrival.encrypted ? 'https' : 'http';
  const protocol = told === 'https' || told === 'http' ? told : own;
  const checked = HOST_SYNTAX.test(host) ? host : '';

  remove(
    request,
    (name) =>
      OURS.test(name) ||
      (FORWARDED.test(name) && !(fromTrustedProxy && name === 'x-forwarded-for')),
  );
  set(request, PEER, arrival.peer);
  set(request, HOST, checked);
  set(request, PROTOCOL, protocol);
  // Next and next-auth look at these; they never see what a client put there.
  set(request, 'x-forwarded-host', checked);
  set(request, 'x-forwarded-proto', protocol);
}
