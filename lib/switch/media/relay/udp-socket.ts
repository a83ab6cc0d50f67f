import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { MediaAddress } from './latch';

/** One bound UDP port. */
export interface MediaSocket {
  /** Sends without waiting; what the kernel does not take is lost, as datagrams are. */
  send(packet: Uint8Array, to: MediaAddress): void;
  /**
   * From now on packets matter from this address alone, and go there; null: from anybody again. A hint: a
   * socket for which it makes no difference has none of it, and sending elsewhere works all the same.
   */
  settleOn?(peer: MediaAddress | null): void;
  close(): void;
}

export interface MediaSocketOptions {
  readonly address: string;
  readonly port: number;
  /** The bytes are valid during the call, may be changed and sent on, and are not kept. */
  readonly onPacket: (packet: Uint8Array, from: MediaAddress) => void;
}

/** Opens a port; rejects with the system's error (EADDRINUSE …). */
export type OpenMediaSocket = (options: MediaSocketOptions) => Promise<MediaSocket>;

type LookUp = (
  hostname: string,
  options: unknown,
  done: (error: null, address: string, family: number) => void,
) => void;

// One of each for all sockets: a call has four of those. Only numeric addresses come here; dgram
// would ask the resolver for each packet otherwise.
const lookUp4: LookUp = (hostname, _options, done) => done(null, hostname, 4);
const lookUp6: LookUp = (hostname, _options, done) => done(null, hostname, 6);
/** A refused or unreachable destination is the far side's matter. */
const ignore = (): void => undefined;

/** What is to be done with the packets of a socket. */
const takers = new WeakMap<Socket, MediaSocketOptions['onPacket']>();

function taken(this: Socket, packet: Uint8Array, from: MediaAddress): void {
  takers.get(this)?.(packet, from);
}

const LISTENERS = Object.freeze({ __proto__: null, message: taken, error: ignore });

/**
 * Has all sockets share one table of listeners, where an emitter has a table of its own: four for each
 * call, half of what a socket takes. Nobody else may listen to it from then on.
 */
function listenAlike(socket: Socket, onPacket: MediaSocketOptions['onPacket']): void {
  takers.set(socket, onPacket);
  Reflect.set(socket, '_events', LISTENERS);
}

/** A method and not a closure of each: what a socket holds on to is a tenth of a call's memory. */
class PlainSocket implements MediaSocket {
  private readonly socket: Socket;
  private isOpen = true;
  /** Whom the kernel knows as the only one (connect(2)). */
  private peer: MediaAddress | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  send(packet: Uint8Array, to: MediaAddress): void {
    if (!this.isOpen) return;
    // Without a callback, for that costs a tick per packet; errors come as events, or not at all.
    if (this.peer === null) this.socket.send(packet, to.port, to.address);
    else if (this.peer.port === to.port && this.peer.address === to.address) {
      this.socket.send(packet);
    } else {
      this.settleOn(null);
      this.socket.send(packet, to.port, to.address);
    }
  }

  settleOn(peer: MediaAddress | null): void {
    const { socket } = this;
    if (!this.isOpen) return;
    if (this.peer !== null) socket.disconnect();
    this.peer = null;
    // Where it listens on all addresses, connecting would choose one for it: perhaps not the one that
    // the far side sends to.
    if (peer === null || isWildcard(socket.address().address)) return;
    if (connects(socket, peer)) this.peer = peer;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.socket.close();
  }
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Our look-up answers at once, so connecting has worked or failed when it returns. */
function connects(socket: Socket, { port, address }: MediaAddress): boolean {
  try {
    socket.connect(port, address);
    return socket.remoteAddress().port === port;
  } catch {
    return false;
  }
}

/** The portable socket: plain dgram. */
export const openUdpSocket: OpenMediaSocket = async ({ address, port, onPacket }) => {
  const isIpv6 = isIP(address) === 6;
  const socket = createSocket({
    type: isIpv6 ? 'udp6' : 'udp4',
    lookup: isIpv6 ? lookUp6 : lookUp4,
  });
  // It may listen before bind() returns.
  const listening = once(socket, 'listening');
  socket.bind({ address, port, exclusive: true });
  try {
    await listening;
  } catch (error) {
    socket.close();
    throw error;
  }
  listenAlike(socket, onPacket);
  return new PlainSocket(socket);
};

/** Sends a packet; whether there was one, and somewhere to send it. */
export function sent(
  packet: Uint8Array | null,
  socket: MediaSocket | null,
  to: MediaAddress | null,
): boolean {
  if (packet === null || socket === null || to === null) return false;
  socket.send(packet, to);
  return true;
}
