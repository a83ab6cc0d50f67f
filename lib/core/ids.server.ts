import { randomFillSync } from 'node:crypto';
import { type Uuid, uuidV7 } from './ids';

const RANDOM_BYTES = 10;
const UUID_CHARS = 36;
/** Where in a UUID's text its random bytes stand, two characters each. */
const PLACES = [14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const NOTHING = new Uint8Array(RANDOM_BYTES);

const pool = Buffer.alloc(RANDOM_BYTES * 256);
let used = pool.length;

const HEX = Buffer.from('0123456789abcdef', 'latin1');
/** The id that is being written; its time, version and variant are that of the moment. */
const text = Buffer.alloc(UUID_CHARS);
let textMs = Number.NaN;

/**
 * A new UUIDv7 for now (or for `atMs`), from the operating system's randomness. Each call has half a
 * dozen of them, so it is written as bytes: one flat text comes of it and nothing else.
 */
export function newId(atMs: number = Date.now()): Uuid {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  if (atMs !== textMs) {
    text.write(uuidV7(atMs, NOTHING), 'latin1');
    textMs = atMs;
  }
  for (let index = 0; index < RANDOM_BYTES; index += 1) {
    const byte = pool[used + index] ?? 0;
    const place = PLACES[index] ?? 0;
    // The version and the variant stand in the upper bits of the first and the third.
    const high = index === 0 ? 0x7 : index === 2 ? 0x8 | ((byte >> 4) & 0x3) : byte >> 4;
    text[place] = HEX[high] ?? 0;
    text[place + 1] = HEX[byte & 0xf] ?? 0;
  }
  used += RANDOM_BYTES;
  return text.toString('latin1') as Uuid;
}
