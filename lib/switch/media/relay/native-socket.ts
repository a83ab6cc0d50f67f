import { loadUdpAddon } from '@/lib/protocol/native/addon';
import { DatagramGroup } from '@/lib/protocol/native/datagram-group';
import { type OpenMediaSocket, openUdpSocket } from './udp-socket';

/** Sockets of a worker: the native ones where they are built and wanted, else plain dgram. */
export function mediaSockets(isNativeWanted: boolean): OpenMediaSocket {
  const addon = isNativeWanted ? loadUdpAddon() : undefined;
  if (addon === undefined) return openUdpSocket;
  const group = new DatagramGroup(addon);
  return async (options) => group.open(options);
}
