import { createCipheriv, createDecipheriv } from 'node:crypto';

/** AES-256-GCM; a key is one capture's alone, so its chunks' numbers are nonces enough. */
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
export const CAPTURE_KEY_BYTES = 32;
export const CAPTURE_TAG_BYTES = 16;

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(index, NONCE_BYTES - 6, 6);
  return nonce;
}

/**
 * The `index`th chunk of a capture, so that nobody reads it without the key: what follows one another on
 * disk. In parts, as joining them would cost half as much again.
 */
export function sealChunk(key: Uint8Array, index: number, chunk: Uint8Array): readonly Buffer[] {
  const cipher = createCipheriv(CIPHER, key, nonceOf(index));
  const body = cipher.update(chunk);
  // A stream cipher: nothing is left for the end.
  cipher.final();
  return [body, cipher.getAuthTag()];
}

/** What was sealed; null where it was not with this key and number, or has been changed. */
export function openChunk(key: Uint8Array, index: number, sealed: Uint8Array): Buffer | null {
  if (sealed.length < CAPTURE_TAG_BYTES) return null;
  const end = sealed.length - CAPTURE_TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, key, nonceOf(index), {
      authTagLength: CAPTURE_TAG_BYTES,
    });
    decipher.setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
  } catch {
    return null;
  }
}
