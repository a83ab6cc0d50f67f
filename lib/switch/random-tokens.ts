import { randomFillSync } from 'node:crypto';

/** 96 bits: tags and branches that nobody guesses (RFC 3261 §19.3 asks for 32). */
const TOKEN_BYTES = 12;
const POOLED_TOKENS = 512;

/** The same source for whoever writes bytes: a token is written at `at`; where it ends is returned. */
export function createTokenWriter(): (target: Uint8Array, at: number) => number {
  const pool = Buffer.alloc(TOKEN_BYTES * POOLED_TOKENS);
  const hex = Buffer.alloc(2 * pool.length);
  let used = hex.length;
  return (target, at) => {
    if (used >= hex.length) {
      randomFillSync(pool);
      hex.write(pool.toString('hex'), 'latin1');
      used = 0;
    }
    for (let index = 0; index < 2 * TOKEN_BYTES; index += 1) {
      target[at + index] = hex[used + index] ?? 0;
    }
    used += 2 * TOKEN_BYTES;
    return at + 2 * TOKEN_BYTES;
  };
}

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
