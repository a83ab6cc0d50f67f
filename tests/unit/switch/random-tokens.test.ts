import { describe, expect, it } from 'vitest';
import { createRandomTokens } from '@/lib/switch/random-tokens';

describe('random tokens', () => {
  it('never repeat, over many fillings of the pool', () => {
    const next = createRandomTokens();
    const tokens = Array.from({ length: 5_000 }, next);
    expect(new Set(tokens).size).toBe(tokens.length);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{24}$/);
  });
});
