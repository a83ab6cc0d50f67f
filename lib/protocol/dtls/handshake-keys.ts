import { createHash } from 'node:crypto';
import { keyAndSaltBytes, type SrtpKeying, type SrtpSuite } from '@/lib/protocol/srtp/suites';
import { prf } from './prf';
import { RecordCipher } from './records';

const MASTER_SECRET_BYTES = 48;
const KEY_BYTES = 16;
const FIXED_NONCE_BYTES = 4;
const VERIFY_BYTES = 12;

/** Both sides' random numbers. */
export interface Randoms {
  readonly client: Buffer;
  readonly server: Buffer;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** What both sides know once they have exchanged keys, and nobody else. */
export class HandshakeKeys {
  readonly fromClient: RecordCipher;
  readonly fromServer: RecordCipher;
  private readonly master: Buffer;
  private readonly randoms: Randoms;

  /** `session`: the messages up to ClientKeyExchange, where the client binds keys to them (RFC 7627). */
  constructor(shared: Buffer, randoms: Randoms, session: Buffer | null) {
    const { client, server } = randoms;
    const seed =
      session === null
        ? { label: 'master secret', bytes: [client, server] }
        : { label: 'extended master secret', bytes: [sha256(session)] };
    this.randoms = randoms;
    this.master = prf(shared, seed, MASTER_SECRET_BYTES);
    // RFC 5246 §6.3, without MAC keys.
    const expansion = { label: 'key expansion', bytes: [server, client] };
    const block = prf(this.master, expansion, 2 * (KEY_BYTES + FIXED_NONCE_BYTES));
    const nonces = block.subarray(2 * KEY_BYTES);
    this.fromClient = new RecordCipher(
      block.subarray(0, KEY_BYTES),
      nonces.subarray(0, FIXED_NONCE_BYTES),
    );
    this.fromServer = new RecordCipher(
      block.subarray(KEY_BYTES, 2 * KEY_BYTES),
      nonces.subarray(FIXED_NONCE_BYTES),
    );
  }

  /** Finished of one side (RFC 5246 §7.4.9) over all messages before it. */
  finished(side: 'client' | 'server', transcript: Buffer): Buffer {
    const seed = { label: `${side} finished`, bytes: [sha256(transcript)] };
    return prf(this.master, seed, VERIFY_BYTES);
  }

  /** The keys of both directions of SRTP (RFC 5764 §4.2). */
  srtpKeys(suite: SrtpSuite): { readonly client: SrtpKeying; readonly server: SrtpKeying } {
    const { client, server } = this.randoms;
    const seed = { label: 'EXTRACTOR-dtls_srtp', bytes: [client, server] };
    const block = prf(this.master, seed, 2 * keyAndSaltBytes(suite));
    const { keyBytes, saltBytes, name } = suite;
    const keyOf = (side: 0 | 1): SrtpKeying => {
      const keyAt = side * keyBytes;
      const saltAt = 2 * keyBytes + side * saltBytes;
      const key = block.subarray(keyAt, keyAt + keyBytes);
      const salt = block.subarray(saltAt, saltAt + saltBytes);
      return { suite: name, keyAndSalt: Buffer.concat([key, salt]) };
    };
    return { client: keyOf(0), server: keyOf(1) };
  }
}
