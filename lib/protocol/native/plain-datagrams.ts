import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import type { DatagramBatch, DatagramBinding, DatagramHandlers, DatagramSocket } from './datagrams';

/** Larger datagrams than that are fragmented anyway, and rare. */
const COPY_BYTES = 4_096;

/** Addresses only: a name would mean a DNS query per packet. */
function lookUp(
  host: string,
  _options: unknown,
  done: (error: Error | null, address: string, family: number) => void,
): void {
  const family = isIP(host);
  done(family === 0 ? new Error(`not an address: ${host}`) : null, host, family);
}

/** node:dgram hands over one at a time; it allocated the bytes for us alone. */
class BatchOfOne implements DatagramBatch {
  readonly count = 1;
  bytes: Buffer = Buffer.alloc(0);
  remote: Endpoint = { address: '', port: 0 };

  get slab(): Buffer {
    return this.bytes;
  }

  offsetOf(): number {
    return 0;
  }

  lengthOf(): number {
    return this.bytes.length;
  }

  bytesOf(): Buffer {
    return this.bytes;
  }

  remoteOf(): Endpoint {
    return this.remote;
  }
}

class PlainDatagrams implements DatagramSocket {
  readonly kind = 'plain';
  readonly port: number;
  private readonly handlers: DatagramHandlers;
  private readonly batch = new BatchOfOne();
  private socket: Socket | undefined;
  private copy = Buffer.allocUnsafeSlow(COPY_BYTES);

  constructor(socket: Socket, handlers: DatagramHandlers) {
    this.handlers = handlers;
    this.socket = socket;
    this.port = socket.address().port;
    socket.on('error', (error) => handlers.onSendFailure(error));
    socket.on('message', (bytes, from) => this.receive(bytes, from));
  }

  send(bytes: Uint8Array, remote: Endpoint): boolean {
    if (this.socket === undefined) return false;
    this.socket.send(bytes, remote.port, remote.address, this.onSent);
    return true;
  }

  sendCopy(bytes: Uint8Array, remote: Endpoint): boolean {
    if (this.socket === undefined) return false;
    if (bytes.length > this.copy.length) return this.send(Buffer.from(bytes), remote);
    this.copy.set(bytes);
    this.send(this.copy.subarray(0, bytes.length), remote);
    // It went out at once, as nearly always, or the socket holds on to it: then it is not ours any more.
    if (this.socket.getSendQueueCount() > 0) this.copy = Buffer.allocUnsafeSlow(COPY_BYTES);
    return true;
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  // One function for all packets; an error is the network's, the transaction's timers deal with it.
  private readonly onSent = (error: Error | null): void => {
    if (error !== null) this.handlers.onSendFailure(error);
  };

  private receive(bytes: Buffer, { address, port }: RemoteInfo): void {
    this.batch.bytes = bytes;
    this.batch.remote = { address, port };
    this.handlers.onBatch(this.batch);
  }
}

/** Binds a socket of node:dgram; works everywhere. Rejects where the port is taken. */
export async function openPlainDatagrams(
  binding: DatagramBinding,
  handlers: DatagramHandlers,
): Promise<DatagramSocket> {
  const isIpv6 = isIP(binding.address) === 6;
  const socket = createSocket({
    type: isIpv6 ? 'udp6' : 'udp4',
    // Each family has a socket of its own: no address comes as IPv4 written inside IPv6.
    ipv6Only: isIpv6,
    lookup: lookUp,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(binding.port, binding.address, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  try {
    socket.setRecvBufferSize(binding.bufferBytes);
    socket.setSendBufferSize(binding.bufferBytes);
  } catch (error) {
    handlers.onSendFailure(error);
  }
  return new PlainDatagrams(socket, handlers);
}
