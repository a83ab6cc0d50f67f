import type { Fate } from '@/tests/support/lossy-relay';

/** A generator of numbers in [0, 1) that repeats for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 1 % lost, 1 % twice, 5 % late enough to be overtaken. */
export function badNetwork(random: () => number): () => Fate {
  return () => {
    const drawn = random();
    if (drawn < 0.01) return 'drop';
    if (drawn < 0.02) return 'twice';
    if (drawn < 0.07) return { delayMs: 5 + random() * 60 };
    return 'pass';
  };
}
