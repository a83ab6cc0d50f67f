import { canonicalAddress, parseCidr } from '@/lib/core/cidr';
import { cidrMatcher } from '@/lib/core/cidr.server';

/** Written by the preload on every request, over whatever the client sent. */
export const PEER_HEADER = 'x-tollbridge-peer';
export const HOST_HEADER = 'x-tollbridge-host';
export const PROTOCOL_HEADER = 'x-tollbridge-proto';

/** The preload sets this once it stamps; without it those headers are the client's own words. */
const STAMPED = Symbol.for('tollbridge.peer-stamped');

/** Longest chain of proxies that is walked. */
const MAX_HOPS = 16;

/** Whether the headers above can be believed in this process. */
export function stampsAreReal(): boolean {
  return (globalThis as { [STAMPED]?: boolean })[STAMPED] === true;
}

/** Says that the headers above are written by us: called by the preload, and by tests in its place. */
export function trustStamps(on: boolean): void {
  (globalThis as { [STAMPED]?: boolean })[STAMPED] = on;
}

/**
 * The address a request came from, canonical (mapped IPv4 as IPv4), or null where it is unknown.
 * The stamped socket peer; where that is a trusted proxy, X-Forwarded-For from right to left up to
 * the first address that is not one. Anything a client wrote further left is never looked at.
 */
export function clientAddress(headers: Headers, trustedProxies: readonly string[]): string | null {
  const peer = stampsAreReal() ? canonicalAddress(headers.get(PEER_HEADER) ?? '') : null;
  if (peer === null || trustedProxies.length === 0) return peer;
  const isProxy = matcherOf(trustedProxies);
  if (!isProxy(peer)) return peer;
  const chain = (headers.get('x-forwarded-for') ?? '').split(',').slice(-MAX_HOPS).reverse();
  let nearest = peer;
  for (const entry of chain) {
    const address = canonicalAddress(withoutPort(entry.trim()));
    if (address === null) return nearest;
    nearest = address;
    if (!isProxy(address)) return address;
  }
  return nearest;
}

/**
 * Whether the browser speaks https: as the preload saw it; on PUBLIC_URL's host, and where nothing
 * is stamped, as PUBLIC_URL says.
 */
export function isSecure(headers: Headers, host: string, publicUrl: string): boolean {
  const platform = new URL(publicUrl);
  const stamped = stampsAreReal() ? headers.get(PROTOCOL_HEADER) : null;
  if (stamped === null || host === platform.host) return platform.protocol === 'https:';
  return stamped === 'https';
}

/** Some proxies append the port: "192.0.2.1:443", "[2001:db8::1]:443". */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(entry);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(entry) ? entry.slice(0, entry.lastIndexOf(':')) : entry;
}

const matchers = new WeakMap<readonly string[], (address: string) => boolean>();

function matcherOf(blocks: readonly string[]): (address: string) => boolean {
  const known = matchers.get(blocks);
  if (known) return known;
  const cidrs = blocks.flatMap((block) => {
    const result = parseCidr(block);
    return result.ok ? [result.cidr] : [];
  });
  const matcher = cidrMatcher(cidrs);
  matchers.set(blocks, matcher);
  return matcher;
}
