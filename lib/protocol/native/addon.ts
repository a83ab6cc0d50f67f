import { createRequire } from 'node:module';

/** 32-bit words of one packet's entry in the metadata array (udp.c). */
export const WORDS = 10;
/** Where in an entry what lies. The four words from ADDRESS on are the address as on the wire. */
export const OFFSET = 0;
export const LENGTH = 1;
export const PORT = 2;
export const FAMILY = 3;
export const ADDRESS = 4;
export const SCOPE = 8;
/** Microseconds that it waited in the socket, of one that is timed. */
export const WAITED = 9;
/** Of a packet of a group, in the same place: which socket. */
export const MEMBER = 9;
/** Packets that one call moves at most. */
export const MAX_BATCH = 64;
/** The same of a group, and how many sockets it has at most. */
export const MAX_GROUP_BATCH = 256;
export const MAX_MEMBERS = 65_536;
export const READABLE = 1;
export const WRITABLE = 2;

declare const handle: unique symbol;
/** A socket of the addon. Once watched it stays open until it is closed, like any of Node's. */
export interface NativeSocket {
  readonly [handle]: never;
}

/** What udp.c exports; its comments there. Throws with a system code where the system refuses. */
export interface UdpAddon {
  resolve(address: string, entry: Int32Array): boolean;
  format(meta: Int32Array, index: number): string;
  open(
    address: string,
    port: number,
    ...options: readonly [bufferBytes: number, isTimed: boolean, isDual: boolean]
  ): NativeSocket;
  portOf(socket: NativeSocket): number;
  watch(socket: NativeSocket, events: number, callback: (events: number) => void): void;
  rearm(socket: NativeSocket, events: number): void;
  /** Packets received (0: none waited), or a negative errno. */
  receive(socket: NativeSocket, slab: Uint8Array, meta: Int32Array, ...slotBytes: [number]): number;
  /** Packets sent of `range` (first, count), or a negative errno when not even the first was. */
  send(
    socket: NativeSocket,
    slab: Uint8Array,
    meta: Int32Array,
    ...range: readonly [first: number, count: number]
  ): number;
  openGroup(): NativeSocket;
  join(group: NativeSocket, socket: NativeSocket, member: number): void;
  receiveGroup(
    group: NativeSocket,
    slab: Uint8Array,
    meta: Int32Array,
    ...slotBytes: [number]
  ): number;
  sendGroup(group: NativeSocket, slab: Uint8Array, meta: Int32Array, ...count: [number]): number;
  close(socket: NativeSocket): void;
}

/** Raised with every change of what udp.c exports: a binary of another time is not used. */
const ABI = 3;

/**
 * Where the build puts the binary: dist/udp.node, beside the bundles or seen from the source tree.
 */
export function addonLocation(moduleUrl: string = import.meta.url): URL {
  const fromSource = moduleUrl.endsWith('.ts');
  return new URL(fromSource ? '../../../dist/udp.node' : './udp.node', moduleUrl);
}

function isUdpAddon(exports: unknown): exports is UdpAddon {
  return typeof exports === 'object' && exports !== null && 'abi' in exports && exports.abi === ABI;
}

/**
 * The addon, or undefined where it was not built (no compiler, another system, another version):
 * everything works without it, only slower.
 */
export function loadUdpAddon(location: URL = addonLocation()): UdpAddon | undefined {
  try {
    const exports: unknown = createRequire(import.meta.url)(location.pathname);
    return isUdpAddon(exports) ? exports : undefined;
  } catch {
    // Not there, or not for this machine: that is what the plain sockets are for.
    return undefined;
  }
}
