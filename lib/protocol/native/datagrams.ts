import type { Endpoint } from '@/lib/protocol/sip/transport';

/**
 * Datagrams that came in together. Valid during the call that hands it over: its memory is used
 * again for the next one.
 */
export interface DatagramBatch {
  readonly count: number;
  /** Bytes of one; 0 for one that was cut because no UDP datagram is that long. */
  lengthOf(index: number): number;
  /** Where they lie, one at offsetOf each: to be read and left as it is. */
  readonly slab: Buffer;
  offsetOf(index: number): number;
  /** A copy that may be kept. */
  bytesOf(index: number): Buffer;
  /** How long it waited in the kernel; 0 where the socket is not timed, or can't tell. */
  waitedMicrosOf(index: number): number;
  /** Where it came from; IPv6 without brackets, with %scope where it is link-local. */
  remoteOf(index: number): Endpoint;
}

/** What a socket tells its owner. Neither may throw. */
export interface DatagramHandlers {
  onBatch(batch: DatagramBatch): void;
  /** One datagram was not sent, or the socket complains; the network's trouble, not ours. */
  onSendFailure(error: unknown): void;
}

/** Where and how a socket is bound. */
export interface DatagramBinding {
  /** An address, never a name. */
  readonly address: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Asked of the kernel for each direction; it may give less. */
  readonly bufferBytes: number;
  /** Whether the kernel is to note when it takes each datagram. */
  readonly isTimed?: boolean;
}

/** A bound UDP socket, however it moves its datagrams. */
export interface DatagramSocket {
  readonly port: number;
  /** native: many datagrams a system call. */
  readonly kind: 'native' | 'plain';
  /**
   * Sends without waiting, at the latest when the current turn ends. False: closed, or `remote` is
   * no address.
   */
  send(bytes: Uint8Array, remote: Endpoint): boolean;
  /** The same; the bytes are the caller's again when it returns. */
  sendCopy(bytes: Uint8Array, remote: Endpoint): boolean;
  close(): Promise<void>;
}
