import { createCipheriv, createDecipheriv } from 'node:crypto';
import { number16 } from './bytes';

/** RFC 6347 §4.1: DTLS 1.2. */
export const DTLS_1_2 = 0xfefd;
const DTLS_MAJOR = 0xfe;

/** RFC 5246 §6.2.1; others have no business here. */
export const CHANGE_CIPHER_SPEC = 20;
export const HANDSHAKE = 22;

const HEADER_BYTES = 13;
const SEQUENCE_BYTES = 8;
const EXPLICIT_NONCE_BYTES = 8;
const TAG_BYTES = 16;
/** A flight has six messages; more records in one datagram are none of ours. */
const MAX_RECORDS = 16;

/** A record as it came, still sealed where its epoch is not 0. */
export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  readonly sequence: number;
  /** Epoch and sequence number as they stand on the wire. */
  readonly position: Buffer;
  readonly fragment: Buffer;
}

/** The records of a datagram (RFC 6347 §4.1), up to the first that is none. */
export function readRecords(datagram: Buffer): readonly DtlsRecord[] {
  const records: DtlsRecord[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= datagram.length && records.length < MAX_RECORDS) {
    const end = at + HEADER_BYTES + datagram.readUInt16BE(at + 11);
    if (datagram[at + 1] !== DTLS_MAJOR || end > datagram.length) break;
    records.push({
      type: datagram[at] ?? 0,
      epoch: datagram.readUInt16BE(at + 3),
      sequence: datagram.readUIntBE(at + 5, 6),
      position: datagram.subarray(at + 3, at + 3 + SEQUENCE_BYTES),
      fragment: datagram.subarray(at + HEADER_BYTES, end),
    });
    at = end;
  }
  return records;
}

function positionOf(epoch: number, sequence: number): Buffer {
  const position = Buffer.alloc(SEQUENCE_BYTES);
  position.writeUInt16BE(epoch, 0);
  position.writeUIntBE(sequence, 2, 6);
  return position;
}

/** A record of epoch 0, which nothing protects. */
export function plainRecord(type: number, sequence: number, fragment: Uint8Array): Buffer {
  return recordOf(type, positionOf(0, sequence), fragment);
}

function recordOf(type: number, position: Buffer, fragment: Uint8Array): Buffer {
  const head = Buffer.from([type, DTLS_1_2 >>> 8, DTLS_1_2 & 0xff]);
  return Buffer.concat([head, position, number16(fragment.length), fragment]);
}

/** One direction's protection by AES-128-GCM (RFC 5288 §3, RFC 6347 §4.1.2.1). */
export class RecordCipher {
  private readonly key: Buffer;
  private readonly fixedNonce: Buffer;

  constructor(key: Buffer, fixedNonce: Buffer) {
    this.key = key;
    this.fixedNonce = fixedNonce;
  }

  /** A record of epoch 1. */
  seal(type: number, sequence: number, plain: Uint8Array): Buffer {
    const position = positionOf(1, sequence);
    const nonce = Buffer.concat([this.fixedNonce, position]);
    const cipher = createCipheriv('aes-128-gcm', this.key, nonce);
    cipher.setAAD(associated(type, position, plain.length));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return recordOf(type, position, Buffer.concat([position, sealed]));
  }

  /** What a record holds; null where it is not authentic. */
  open({ type, position, fragment }: DtlsRecord): Buffer | null {
    const length = fragment.length - EXPLICIT_NONCE_BYTES - TAG_BYTES;
    if (length < 0) return null;
    const nonce = Buffer.concat([this.fixedNonce, fragment.subarray(0, EXPLICIT_NONCE_BYTES)]);
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv('aes-128-gcm', this.key, nonce, options);
    decipher.setAAD(associated(type, position, length));
    decipher.setAuthTag(fragment.subarray(EXPLICIT_NONCE_BYTES + length));
    const body = fragment.subarray(EXPLICIT_NONCE_BYTES, EXPLICIT_NONCE_BYTES + length);
    const plain = decipher.update(body);
    try {
      decipher.final();
      return plain;
    } catch {
      // That is how node says that a tag is wrong.
      return null;
    }
  }
}

function associated(type: number, position: Buffer, length: number): Buffer {
  const version = Buffer.from([type, DTLS_1_2 >>> 8, DTLS_1_2 & 0xff]);
  return Buffer.concat([position, version, number16(length)]);
}
