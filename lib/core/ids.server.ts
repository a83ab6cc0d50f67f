import { randomFillSync } from 'node:crypto';
import { type Uuid, uuidV7 } from './ids';

const pool = Buffer.alloc(10 * 256);
let used = pool.length;

/** A new UUIDv7 for now (or for `atMs`), from the operating system's randomness. */
export function newId(atMs: number = Date.now()): Uuid {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = uuidV7(atMs, pool.subarray(used, used + 10));
  used += 10;
  return id;
}
