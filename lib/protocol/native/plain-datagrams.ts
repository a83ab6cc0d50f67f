import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import type { DatagramBatch, DatagramBinding, DatagramHandlers, DatagramSocket } from './datagrams';

/** For the answers of a turn, a few hundred bytes each. */
const COPIES_BYTES = 64 * 1_024;
/**
 * Datagrams of one turn that are sent together. After a pause (a collection, a busy host) a turn has 32
 * to answer: with all of the answers at its end the first would wait two milliseconds for the others.
 */
const MAX_QUEUE = 8;

/** Addresses only: a name would mean a DNS query per packet. Of the last one it is known. */
function lookUpOf(): LookUp {
  let knownHost = '';
  let knownFamily = 0;
  return (host, _options, done) => {
    if (host !== knownHost) {
      knownHost = host;
      knownFamily = isIP(host);
    }
    done(knownFamily === 0 ? new Error(`not an address: ${host}`) : null, host, knownFamily);
  };
}

type LookUp = (
  host: string,
  options: unknown,
  done: (error: Error | null, address: string, family: number) => void,
) => void;

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

  waitedMicrosOf(): number {
    return 0;
  }

  remoteOf(): Endpoint {
    return this.remote;
  }
}

/**
 * A socket of node:dgram. What a turn of the loop says goes out at its end, in one go: a peer on the
 * same machine that sleeps is woken by the first datagram and not by each, which costs the sender as
 * much as the sending. The first of many waits a millisecond for that, the only one nothing.
 */
class PlainDatagrams implements DatagramSocket {
  readonly kind = 'plain';
  readonly port: number;
  private readonly handlers: DatagramHandlers;
  private readonly batch = new BatchOfOne();
  private socket: Socket | undefined;
  /** What is to be sent, and to whom; it goes at the end of the turn. */
  private readonly queue: Uint8Array[] = [];
  private readonly receivers: Endpoint[] = [];
  /** Where copies lie until they have gone. */
  private copies = Buffer.allocUnsafeSlow(COPIES_BYTES);
  private copiesEnd = 0;
  private flushIsDue = false;

  constructor(socket: Socket, handlers: DatagramHandlers) {
    this.handlers = handlers;
    this.socket = socket;
    this.port = socket.address().port;
    socket.on('error', (error) => handlers.onSendFailure(error));
    socket.on('message', (bytes, from) => this.receive(bytes, from));
  }

  send(bytes: Uint8Array, remote: Endpoint): boolean {
    if (this.socket === undefined) return false;
    this.flushSoon();
    this.queue.push(bytes);
    this.receivers.push(remote);
    if (this.queue.length >= MAX_QUEUE) this.flush();
    return true;
  }

  sendCopy(bytes: Uint8Array, remote: Endpoint): boolean {
    if (this.copiesEnd + bytes.length > this.copies.length) this.flush();
    if (bytes.length > this.copies.length) return this.send(Buffer.from(bytes), remote);
    const start = this.copiesEnd;
    this.copiesEnd += bytes.length;
    this.copies.set(bytes, start);
    return this.send(this.copies.subarray(start, this.copiesEnd), remote);
  }

  async close(): Promise<void> {
    // The last words (a BYE, a 200) go out as far as the kernel takes them.
    this.flush();
    const { socket } = this;
    this.socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  private readonly flushDue = (): void => {
    this.flushIsDue = false;
    this.flush();
  };

  private flushSoon(): void {
    if (this.flushIsDue) return;
    this.flushIsDue = true;
    setImmediate(this.flushDue);
  }

  private flush(): void {
    const { socket, queue, receivers } = this;
    for (let index = 0; index < queue.length; index += 1) {
      const bytes = queue[index];
      const remote = receivers[index];
      if (bytes && remote) socket?.send(bytes, remote.port, remote.address, this.onSent);
    }
    queue.length = 0;
    receivers.length = 0;
    this.copiesEnd = 0;
    // They went out at once, as nearly always, or the socket holds on to them: then they are its own.
    if ((socket?.getSendQueueCount() ?? 0) > 0) {
      this.copies = Buffer.allocUnsafeSlow(COPIES_BYTES);
    }
  }

  // One function for all packets; an error is the network's, the transaction's timers deal with it.
  private readonly onSent = (error: Error | null): void => {
    if (error !== null) this.handlers.onSendFailure(error);
  };

  private receive(bytes: Buffer, { address, port }: RemoteInfo): void {
    this.batch.bytes = bytes;
    this.batch.remote = { address, port };
    this.handlers.onBatch(this.batch);
    // Behind what handles it, in the same turn of the loop.
    this.flushSoon();
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
    lookup: lookUpOf(),
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
