import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Cidr, canonicalAddress } from '@/lib/core/cidr';
import { cidrMatcher } from '@/lib/core/cidr.server';
import { isNowhere } from '@/lib/protocol/sdp/direction';
import type { AudioSide } from '@/lib/protocol/sdp/leg-sdp';
import type { Expectation } from './relay/latch';

/** Not routed on the internet (RFC 1918, 6598, 3927, 4193, 4291). */
const isPrivate = cidrMatcher(
  [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '169.254.0.0/16',
    '127.0.0.0/8',
    'fc00::/7',
    'fe80::/10',
    '::1/128',
  ].map((range) => range as Cidr),
);
const isLoopback = cidrMatcher(['127.0.0.0/8', '::1/128'].map((range) => range as Cidr));
/** No single host: multicast, broadcast, "this network". */
const isNoHost = cidrMatcher(
  ['0.0.0.0/8', '224.0.0.0/3', 'ff00::/8', '::/128'].map((range) => range as Cidr),
);

/** The engine's own sockets, which no SDP may name: packets would run in circles. */
export interface OwnMedia {
  readonly bindAddress: string;
  readonly publicAddress: string;
  readonly portMin: number;
  readonly portMax: number;
  /** All addresses under which those sockets can be reached. */
  readonly addresses: ReadonlySet<string>;
}

/** The addresses under which our sockets can be reached. */
export function ownAddresses(bindAddress: string, publicAddress: string): ReadonlySet<string> {
  const all = isNoHost(bindAddress)
    ? Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    : [];
  return new Set([bindAddress, publicAddress, ...all.map(({ address }) => address)]);
}

/** How a socket of ours writes an address; null where it can't reach it. */
function onWire(address: string, bindAddress: string): string | null {
  const canonical = canonicalAddress(address);
  if (canonical === null || isNoHost(canonical)) return null;
  if (isIP(bindAddress) === 4) return isIP(canonical) === 4 ? canonical : null;
  // A socket on all IPv6 addresses speaks IPv4 too, and writes it so.
  if (isIP(canonical) === 4) return bindAddress === '::' ? `::ffff:${canonical}` : null;
  return canonical;
}

/** Whether the SDP's address is one that its speaker can be reached at. */
function isBelievable(address: string, signallingAddress: string): boolean {
  if (address === signallingAddress) return true;
  // Behind NAT: what it calls itself means nothing here, or somebody else.
  if (isPrivate(address) && !isPrivate(signallingAddress)) return false;
  return !isLoopback(address) || isLoopback(signallingAddress);
}

/**
 * Where a leg's media is expected from, and where it is sent until something was heard: the SDP's
 * address, or, for a phone behind NAT, whatever port its signalling address sends from.
 */
export function expectationOf(audio: AudioSide, signalling: string, own: OwnMedia): Expectation {
  const signallingAddress = canonicalAddress(signalling.replace(/%.*$/, '')) ?? '';
  const learnt = onWire(signallingAddress, own.bindAddress);
  const { connection, port } = audio;
  const said = connection && !isNowhere(connection) ? canonicalAddress(connection.address) : null;
  const wire = said === null ? null : onWire(said, own.bindAddress);
  const isOurs = (target: number): boolean =>
    said !== null && own.addresses.has(said) && target >= own.portMin && target <= own.portMax;
  const sources = learnt === null ? [] : [learnt];
  if (said === null || wire === null || isOurs(port) || !isBelievable(said, signallingAddress)) {
    return { remote: null, sources };
  }
  if (!sources.includes(wire)) sources.push(wire);
  return {
    remote: { address: wire, port, rtcp: { address: wire, port: rtcpPort(audio, isOurs) } },
    sources,
  };
}

/** The RTCP port where it is plausible; an address for RTCP alone is not followed. */
function rtcpPort({ port, rtcp }: AudioSide, isOurs: (port: number) => boolean): number {
  const isUsable = rtcp.port <= 65_535 && !isOurs(rtcp.port);
  return isUsable ? rtcp.port : port;
}
