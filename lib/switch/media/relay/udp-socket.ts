import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import type { MediaAddress } from './latch';

/** One bound UDP port. */
export interface MediaSocket {
  /** Sends without waiting; what the kernel does not take is lost, as datagrams are. */
  send(packet: Uint8Array, to: MediaAddress): void;
  close(): void;
}

export interface MediaSocketOptions {
  readonly address: string;
  readonly port: number;
  readonly onPacket: (packet: Uint8Array, from: MediaAddress) => void;
}

/** Opens a port; rejects with the system's error (EADDRINUSE …). */
export type OpenMediaSocket = (options: MediaSocketOptions) => Promise<MediaSocket>;

/** The portable socket: plain dgram. */
export const openUdpSocket: OpenMediaSocket = ({ address, port, onPacket }) =>
  new Promise((resolve, reject) => {
    const family = isIP(address) === 6 ? 6 : 4;
    const socket = createSocket({
      type: `udp${family}`,
      // Only numeric addresses come here; dgram would ask the resolver for each packet otherwise.
      lookup: (hostname, _options, callback) => callback(null, hostname, family),
    });
    let isOpen = true;
    const ignore = (): void => undefined;
    socket.once('error', reject);
    socket.on('message', onPacket);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', reject);
      // A refused or unreachable destination is the far side's matter.
      socket.on('error', ignore);
      resolve({
        send(packet, to) {
          // Without a callback, for that costs a tick per packet; errors come as events, or not at all.
          if (isOpen) socket.send(packet, to.port, to.address);
        },
        close() {
          if (!isOpen) return;
          isOpen = false;
          socket.close();
        },
      });
    });
  });
