import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '@/lib/core/errors';
import { deriveKey } from '@/lib/infra/crypto';

/**
 * How a sealed file lies on the disk: a head, then pieces, each AES-256-GCM under a key of the file's
 * own (HKDF of the installation's key with the head's salt and the blob's name). A piece's nonce is
 * its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway
 * and Vizár, 2015), so pieces can be read one by one, and none can be moved, left out or cut off
 * unseen.
 */

const MAGIC = Buffer.from('TBB1', 'latin1');
const KEY_ID_BYTES = 4;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
export const HEAD_BYTES = MAGIC.length + KEY_ID_BYTES + SALT_BYTES;
export const TAG_BYTES = 16;

/** Keys that blobs were or are sealed with: the current one first. */
export class BlobKeys {
  private readonly keys: readonly { readonly id: Buffer; readonly key: Buffer }[];

  constructor(secretKeys: readonly string[]) {
    this.keys = secretKeys.map((secretKey) => ({
      id: deriveKey(secretKey, 'blob-key-id', KEY_ID_BYTES),
      key: deriveKey(secretKey, 'blob-key'),
    }));
  }

  /** A new file's head and key. */
  begin(name: string): { readonly head: Buffer; readonly pieces: Pieces } {
    const [current] = this.keys;
    if (current === undefined) throw new AppError('INTERNAL', 'there is no key to seal with');
    const salt = randomBytes(SALT_BYTES);
    const head = Buffer.concat([MAGIC, current.id, salt]);
    return { head, pieces: new Pieces(fileKey(current.key, salt, name)) };
  }

  /** Throws INTERNAL where the head is none, or of a key that is not ours. */
  resume(name: string, head: Buffer): Pieces {
    const id = head.subarray(MAGIC.length, MAGIC.length + KEY_ID_BYTES);
    const found = this.keys.find((key) => key.id.equals(id));
    const isHead = head.length === HEAD_BYTES && head.subarray(0, MAGIC.length).equals(MAGIC);
    if (!isHead || found === undefined) {
      throw new AppError('INTERNAL', `the sealed file ${name} was made with another key`);
    }
    return new Pieces(fileKey(found.key, head.subarray(-SALT_BYTES), name));
  }
}

function fileKey(key: Buffer, salt: Buffer, name: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `blob:${name}`, 32));
}

/** The pieces of one file. */
export class Pieces {
  private readonly key: Buffer;

  constructor(key: Buffer) {
    this.key = key;
  }

  seal(content: Uint8Array, place: PiecePlace): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.key, nonceOf(place));
    return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws INTERNAL where it is not what was sealed at this place. */
  open(sealed: Uint8Array, place: PiecePlace): Buffer {
    try {
      const nonce = nonceOf(place);
      const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch (error) {
      throw damaged(error);
    }
  }
}

function damaged(cause: unknown): AppError {
  return new AppError('INTERNAL', 'a sealed file is damaged', { cause });
}

/** Where in its file a piece lies. */
export interface PiecePlace {
  readonly index: number;
  readonly isLast: boolean;
}

function nonceOf({ index, isLast }: PiecePlace): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(index, 0, 6);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}
