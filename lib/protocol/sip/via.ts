import { parseHostPort } from './host-port';
import { formatParameters, isToken, type Parameters, parseParameters } from './parameters';

/** Branches of RFC 3261 start with this; any other comes from an RFC 2543 element (§8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

/** One hop of a Via header (RFC 3261 §20.42). */
export interface Via {
  /** As written, upper case: UDP, TCP, TLS, WS, WSS. */
  readonly transport: string;
  /** Lower case; IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Parameters;
}

/** What nearly every Via begins with; a host without blanks follows. */
const UDP_HEAD = /^SIP\/2\.0\/UDP [^\s]+$/;
const UDP_PREFIX_CHARS = 'SIP/2.0/UDP '.length;

/** Parses one hop, or returns undefined. White space round `/` and `:` is allowed (§25.1). */
export function parseVia(text: string): Via | undefined {
  const semicolon = text.indexOf(';');
  const head = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const usual = UDP_HEAD.test(head) ? parseHostPort(head.slice(UDP_PREFIX_CHARS)) : undefined;
  if (usual !== undefined) {
    const params = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
    return params && { transport: 'UDP', host: usual.host, port: usual.port, params };
  }
  const protocol = /^sip\s*\/\s*2\.0\s*\/\s*([^\s/]{1,16})\s+(\S.*)$/i.exec(head);
  const transport = protocol?.[1];
  const sentBy = protocol?.[2];
  if (transport === undefined || sentBy === undefined || !isToken(transport)) return undefined;
  const hostPort = parseHostPort(sentBy.replace(/\s*:\s*/g, ':'));
  const params = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  if (hostPort === undefined || params === undefined) return undefined;
  return { transport: transport.toUpperCase(), ...hostPort, params };
}

/** Writes one hop. */
export function formatVia(via: Via): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${via.host}${port}${formatParameters(via.params)}`;
}

/** Where SIP is spoken unless a port is named (RFC 3261 §19.1.2). */
export const DEFAULT_SIP_PORT = 5060;

/** What identifies the sender in transaction keys: host and port, the default port filled in. */
export function sentByOf(via: Via): string {
  return `${via.host}:${via.port ?? (via.transport === 'TLS' || via.transport === 'WSS' ? 5061 : DEFAULT_SIP_PORT)}`;
}
