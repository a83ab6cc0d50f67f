import { constants } from 'node:os';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import {
  LENGTH,
  MAX_BATCH,
  type NativeSocket,
  OFFSET,
  PORT,
  READABLE,
  type UdpAddon,
  WAITED,
  WORDS,
  WRITABLE,
} from './addon';
import { AddressBook } from './address-book';
import type { DatagramBatch, DatagramBinding, DatagramHandlers, DatagramSocket } from './datagrams';

/** No UDP datagram is longer (RFC 768: 16 bits of length), so none is ever cut. */
const SLOT_BYTES = 65_536;
/** Batches taken before the loop gets its turn: timers and other sockets wait no longer than that. */
const MAX_ROUNDS = 8;
/** What may wait for the kernel; beyond, datagrams are lost as on any full link. */
const QUEUE_BYTES = 2 * 1024 * 1024;
const QUEUE_PACKETS = 4_096;
/** Sent together: a system call for each of them would cost more, and the first waits for no others. */
const FLUSH_PACKETS = 16;

const { EAGAIN } = constants.errno;

/** What receive() filled. All sockets share one: it is only read while it is handed over. */
class ReceivedBatch implements DatagramBatch {
  readonly slab = Buffer.allocUnsafeSlow(MAX_BATCH * SLOT_BYTES);
  readonly meta = new Int32Array(MAX_BATCH * WORDS);
  count = 0;
  private readonly addresses: AddressBook;

  constructor(addresses: AddressBook) {
    this.addresses = addresses;
  }

  offsetOf(index: number): number {
    return this.meta[index * WORDS + OFFSET] ?? 0;
  }

  lengthOf(index: number): number {
    return Math.max(this.meta[index * WORDS + LENGTH] ?? 0, 0);
  }

  waitedMicrosOf(index: number): number {
    return this.meta[index * WORDS + WAITED] ?? 0;
  }

  bytesOf(index: number): Buffer {
    const offset = this.offsetOf(index);
    const length = this.lengthOf(index);
    const bytes = Buffer.allocUnsafe(length);
    this.slab.copy(bytes, 0, offset, offset + length);
    return bytes;
  }

  remoteOf(index: number): Endpoint {
    return {
      address: this.addresses.textOf(this.meta, index),
      port: this.meta[index * WORDS + PORT] ?? 0,
    };
  }
}

/** What waits to be sent, packed one after the other. */
class SendQueue {
  readonly slab = Buffer.allocUnsafeSlow(QUEUE_BYTES);
  readonly meta = new Int32Array(QUEUE_PACKETS * WORDS);
  count = 0;
  /** The first that has not gone out. */
  first = 0;
  private end = 0;

  /** False when it is full. */
  add(bytes: Uint8Array, entry: Int32Array, port: number): boolean {
    if (this.count >= QUEUE_PACKETS || this.end + bytes.length > QUEUE_BYTES) return false;
    const at = this.count * WORDS;
    this.meta.set(entry, at);
    this.meta[at + OFFSET] = this.end;
    this.meta[at + LENGTH] = bytes.length;
    this.meta[at + PORT] = port;
    this.slab.set(bytes, this.end);
    this.end += bytes.length;
    this.count += 1;
    return true;
  }

  clear(): void {
    this.count = 0;
    this.first = 0;
    this.end = 0;
  }
}

class NativeDatagrams implements DatagramSocket {
  readonly kind = 'native';
  readonly port: number;
  private readonly addon: UdpAddon;
  private readonly handlers: DatagramHandlers;
  private readonly addresses: AddressBook;
  private readonly received: ReceivedBatch;
  private readonly queue = new SendQueue();
  private socket: NativeSocket | undefined;
  private flushIsDue = false;
  private isBlocked = false;

  constructor(shared: Shared, socket: NativeSocket, handlers: DatagramHandlers) {
    const { addon } = shared;
    this.addon = addon;
    this.socket = socket;
    this.handlers = handlers;
    this.addresses = shared.addresses;
    this.received = shared.received;
    this.port = addon.portOf(socket);
    addon.watch(socket, READABLE, (events) => this.woken(events));
  }

  send(bytes: Uint8Array, remote: Endpoint): boolean {
    const entry = this.socket === undefined ? undefined : this.addresses.entryOf(remote.address);
    if (entry === undefined) return false;
    if (!this.queue.add(bytes, entry, remote.port)) {
      this.flush();
      if (!this.queue.add(bytes, entry, remote.port)) this.handlers.onSendFailure(queueIsFull);
    }
    if (this.isBlocked) return true;
    if (this.queue.count - this.queue.first >= FLUSH_PACKETS) this.flush();
    if (this.flushIsDue) return true;
    this.flushIsDue = true;
    queueMicrotask(this.flushDue);
    return true;
  }

  sendCopy(bytes: Uint8Array, remote: Endpoint): boolean {
    return this.send(bytes, remote);
  }

  async close(): Promise<void> {
    const { socket } = this;
    if (socket === undefined) return;
    // The last words (a BYE, a 200) go out as far as the kernel takes them.
    this.flush();
    this.socket = undefined;
    this.queue.clear();
    this.addon.close(socket);
  }

  private readonly flushDue = (): void => {
    this.flushIsDue = false;
    this.flush();
  };

  private woken(events: number): void {
    if ((events & WRITABLE) !== 0 && this.isBlocked) {
      this.isBlocked = false;
      this.flush();
      if (!this.isBlocked && this.socket !== undefined) this.addon.rearm(this.socket, READABLE);
    }
    if ((events & READABLE) !== 0) this.receive();
  }

  private receive(): void {
    const { received, addon } = this;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      if (this.socket === undefined) return;
      const count = addon.receive(this.socket, received.slab, received.meta, SLOT_BYTES);
      // An ICMP error of an earlier send is told here; the next call reads on.
      if (count < 0) this.handlers.onSendFailure(new Error(`receive: errno ${-count}`));
      if (count <= 0) return;
      received.count = count;
      this.handlers.onBatch(received);
      this.flush();
      if (count < MAX_BATCH) return;
    }
  }

  private flush(): void {
    const { queue } = this;
    while (this.socket !== undefined && !this.isBlocked && queue.first < queue.count) {
      const wanted = Math.min(queue.count - queue.first, MAX_BATCH);
      const sent = this.addon.send(this.socket, queue.slab, queue.meta, queue.first, wanted);
      if (sent >= 0) {
        queue.first += Math.max(sent, 1);
      } else if (sent === -EAGAIN) {
        this.isBlocked = true;
        this.addon.rearm(this.socket, READABLE | WRITABLE);
        return;
      } else {
        // That one can't be sent (no route, too long): the others can.
        queue.first += 1;
        this.handlers.onSendFailure(new Error(`send: errno ${-sent}`));
      }
    }
    if (queue.first >= queue.count) queue.clear();
  }
}

const queueIsFull = new Error('send: more waits than the queue takes');

/** What the sockets of one thread have in common. */
interface Shared {
  readonly addon: UdpAddon;
  readonly addresses: AddressBook;
  readonly received: ReceivedBatch;
}

/** Opens sockets of the addon (udp.c); made once a thread. */
export interface NativeDatagramFactory {
  /** Binds one. Throws where the port is taken. */
  open(binding: DatagramBinding, handlers: DatagramHandlers): DatagramSocket;
}

/** The factory over a loaded addon. */
export function createNativeDatagrams(addon: UdpAddon): NativeDatagramFactory {
  const addresses = new AddressBook(addon);
  const shared = { addon, addresses, received: new ReceivedBatch(addresses) };
  return {
    open({ address, port, bufferBytes, isTimed = false }, handlers) {
      const socket = addon.open(address, port, bufferBytes, isTimed, false);
      return new NativeDatagrams(shared, socket, handlers);
    },
  };
}
