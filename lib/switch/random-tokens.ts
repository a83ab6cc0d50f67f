import { randomFillSync } from 'node:crypto';

/** 96 bits: tags and branches that nobody guesses (RFC 3261 §19.3 asks for 32). */
const TOKEN_BYTES = 12;
const POOLED_TOKENS = 512;

/** Makes a source of random tokens, hex, that asks the system for many at once. */
export function createRandomTokens(): () => string {
  const pool = Buffer.alloc(TOKEN_BYTES * POOLED_TOKENS);
  let used = pool.length;
  return () => {
    if (used >= pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += TOKEN_BYTES;
    return pool.toString('hex', used - TOKEN_BYTES, used);
  };
}
