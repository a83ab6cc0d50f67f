import { createCipheriv } from 'node:crypto';
import type { SrtpSuite } from './suites';

/** RFC 3711 §4.3.2; RTCP's labels lie three behind RTP's. */
const LABEL_CIPHER = 0;
const LABEL_AUTHENTICATION = 1;
const LABEL_SALT = 2;
const RTCP_LABELS = 3;
/** Where the label meets the salt: x = label · 2^48 ⊕ salt, with a key derivation rate of 0. */
const LABEL_AT = 7;
const AES_BLOCK_BYTES = 16;
const SHA1_KEY_BYTES = 20;

/** The keys of one direction, for RTP or for RTCP. */
export interface SessionKeys {
  readonly cipherKey: Buffer;
  /** Empty with AEAD, which needs none. */
  readonly authenticationKey: Buffer;
  readonly salt: Buffer;
}

/**
 * Session keys of a master key and salt (RFC 3711 §4.3, RFC 6188 §3; with AEAD the salt is filled up
 * with zeros, RFC 7714 §11).
 */
export function sessionKeys(
  suite: SrtpSuite,
  keyAndSalt: Uint8Array,
  use: 'rtp' | 'rtcp',
): SessionKeys {
  const { keyBytes, saltBytes, isAead } = suite;
  const masterKey = keyAndSalt.subarray(0, keyBytes);
  const masterSalt = keyAndSalt.subarray(keyBytes, keyBytes + saltBytes);
  const first = use === 'rtp' ? 0 : RTCP_LABELS;
  const derive = (label: number, length: number): Buffer => {
    const start = Buffer.alloc(AES_BLOCK_BYTES);
    start.set(masterSalt);
    start[LABEL_AT] = (start[LABEL_AT] ?? 0) ^ label;
    const algorithm = keyBytes === 32 ? 'aes-256-ctr' : 'aes-128-ctr';
    return createCipheriv(algorithm, masterKey, start).update(Buffer.alloc(length));
  };
  return {
    cipherKey: derive(first + LABEL_CIPHER, keyBytes),
    authenticationKey: isAead
      ? Buffer.alloc(0)
      : derive(first + LABEL_AUTHENTICATION, SHA1_KEY_BYTES),
    salt: derive(first + LABEL_SALT, saltBytes),
  };
}
