import { ByteReader, number16, number24 } from './bytes';

/** RFC 5246 §7.4, RFC 6347 §4.3.2. */
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const HELLO_VERIFY_REQUEST = 3;
export const CERTIFICATE = 11;
export const SERVER_KEY_EXCHANGE = 12;
export const CERTIFICATE_REQUEST = 13;
export const SERVER_HELLO_DONE = 14;
export const CERTIFICATE_VERIFY = 15;
export const CLIENT_KEY_EXCHANGE = 16;
export const FINISHED = 20;

/** A certificate chain has a few kB; a hello with keys that no quantum computer reads, less than two. */
const MAX_MESSAGE_BYTES = 16_384;
/** How far ahead of the next one a message may come: a flight of the client has four. */
const MAX_AHEAD = 4;

/** A handshake message in one piece. */
export interface HandshakeMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** A piece of one. */
export interface HandshakeFragment {
  readonly type: number;
  readonly sequence: number;
  readonly length: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * A message with its header as if it had never been in pieces: so it is sent, as ours are short, and
 * so it is hashed (RFC 6347 §4.2.6).
 */
export function messageBytes({ type, sequence, body }: HandshakeMessage): Buffer {
  const length = number24(body.length);
  const offset = number24(0);
  return Buffer.concat([Buffer.from([type]), length, number16(sequence), offset, length, body]);
}

/** The pieces of messages in a record (RFC 6347 §4.2.2), up to the first that is none. */
export function readFragments(record: Buffer): readonly HandshakeFragment[] {
  const reader = new ByteReader(record);
  const fragments: HandshakeFragment[] = [];
  while (!reader.isAtEnd) {
    const type = reader.number(1);
    const length = reader.number(3);
    const sequence = reader.number(2);
    const offset = reader.number(3);
    const bytes = reader.vector(3);
    const isInBounds = length <= MAX_MESSAGE_BYTES && offset + bytes.length <= length;
    if (!reader.isWhole || !isInBounds) break;
    fragments.push({ type, sequence, length, offset, bytes });
  }
  return fragments;
}

interface Pieces {
  readonly type: number;
  readonly body: Buffer;
  /** Which octets are there. */
  readonly isThere: Uint8Array;
  missing: number;
}

function newPieces(type: number, length: number): Pieces {
  return { type, body: Buffer.alloc(length), isThere: new Uint8Array(length), missing: length };
}

/** Puts messages together and hands them over in their order (RFC 6347 §4.2.2, §4.2.3). */
export class Reassembly {
  private readonly pieces = new Map<number, Pieces>();
  private nextSequence: number;

  constructor(nextSequence: number) {
    this.nextSequence = nextSequence;
  }

  /** The number of the message that is to come next. */
  get sequence(): number {
    return this.nextSequence;
  }

  /** Adds a piece; what is old or far ahead is left out, and what is at odds with others begins anew. */
  add(fragment: HandshakeFragment): void {
    const { sequence, type, length, offset, bytes } = fragment;
    if (sequence < this.nextSequence || sequence >= this.nextSequence + MAX_AHEAD) return;
    const before = this.pieces.get(sequence);
    const fits = before?.type === type && before.body.length === length;
    const known = fits ? before : newPieces(type, length);
    this.pieces.set(sequence, known);
    for (let index = 0; index < bytes.length; index += 1) {
      if (known.isThere[offset + index] === 1) continue;
      known.isThere[offset + index] = 1;
      known.body[offset + index] = bytes[index] ?? 0;
      known.missing -= 1;
    }
  }

  /** The next message, once it is whole; it stays the next until `take`. */
  get next(): HandshakeMessage | undefined {
    const found = this.pieces.get(this.nextSequence);
    if (found === undefined || found.missing > 0) return undefined;
    return { type: found.type, sequence: this.nextSequence, body: found.body };
  }

  /** The next message was right: on to the one behind it. */
  take(): void {
    this.pieces.delete(this.nextSequence);
    this.nextSequence += 1;
  }

  /** The next message was not right, or not its sender's: it may come again. */
  drop(): void {
    this.pieces.delete(this.nextSequence);
  }

  /** Everything from a message on may come again. */
  rewindTo(sequence: number): void {
    this.pieces.clear();
    this.nextSequence = sequence;
  }
}
