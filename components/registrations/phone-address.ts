/** Where a phone is, as SIP writes it: an IPv6 address in brackets (RFC 3261 §25.1, IPv6reference). */
export function phoneAddress({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
