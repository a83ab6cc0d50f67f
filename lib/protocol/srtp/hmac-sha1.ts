import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const HASH_BYTES = 20;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** No datagram that is taken is longer, with the word that is hashed along. */
const MAX_TEXT_BYTES = 2_048;

/** What is hashed, of whichever key: one packet is looked at at a time. */
const text = Buffer.alloc(BLOCK_BYTES + MAX_TEXT_BYTES);

/**
 * HMAC-SHA1 (RFC 2104) of packets with one key: two hashes at one go each, half of what node's own
 * object costs that is made for every packet. A key has at most a block, a packet at most 2,044 bytes.
 */
export class HmacSha1 {
  private readonly inner = Buffer.alloc(BLOCK_BYTES);
  private readonly outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);

  constructor(key: Uint8Array) {
    for (let index = 0; index < BLOCK_BYTES; index += 1) {
      const byte = key[index] ?? 0;
      this.inner[index] = byte ^ INNER_PAD;
      this.outer[index] = byte ^ OUTER_PAD;
    }
  }

  /** The digest of a text, and of a word behind it where there is one; a character is a byte. */
  of(bytes: Uint8Array, word: number | null): string {
    text.set(this.inner);
    text.set(bytes, BLOCK_BYTES);
    let end = BLOCK_BYTES + bytes.length;
    if (word !== null) end = text.writeUInt32BE(word, end);
    const digest = hash('sha1', text.subarray(0, end), 'binary');
    this.outer.write(digest, BLOCK_BYTES, 'latin1');
    return hash('sha1', this.outer, 'binary');
  }
}

/** Whether a packet has the beginning of a digest there; takes the same time wherever they differ. */
export function hasTag(
  packet: Uint8Array,
  tag: { readonly digest: string; readonly at: number; readonly length: number },
): boolean {
  let difference = 0;
  for (let index = 0; index < tag.length; index += 1) {
    difference |= tag.digest.charCodeAt(index) ^ (packet[tag.at + index] ?? 0);
  }
  return difference === 0;
}
