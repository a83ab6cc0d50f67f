/** A host as the wire has it: lower case, IPv6 in brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number | undefined;
}

const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,253}[a-z0-9_.])?$/;
const IPV6 = /^\[[0-9a-f:.]{2,45}\]$/;
const PORT = /^[0-9]{1,5}$/;

/** Whether a text is a host name, an IPv4 address or a bracketed IPv6 address, in lower case. */
export function isHost(text: string): boolean {
  return text[0] === '[' ? IPV6.test(text) : HOST_NAME.test(text);
}

/** Parses `host[:port]`, or returns undefined. */
export function parseHostPort(text: string): HostPort | undefined {
  const closing = text[0] === '[' ? text.indexOf(']') : -1;
  if (text[0] === '[' && closing < 0) return undefined;
  const colon = text.indexOf(':', closing + 1);
  const host = (colon < 0 ? text : text.slice(0, colon)).toLowerCase();
  if (!isHost(host)) return undefined;
  if (colon < 0) return { host, port: undefined };
  const digits = text.slice(colon + 1);
  const port = PORT.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** Brackets an IPv6 address for use in URIs and Via; other hosts as they are. */
export function bracketed(address: string): string {
  return address.includes(':') && address[0] !== '[' ? `[${address}]` : address;
}
