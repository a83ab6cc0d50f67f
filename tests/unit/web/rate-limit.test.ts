import { describe, expect, test } from 'vitest';
import { RateLimiter, type RatePolicy } from '@/lib/web/rate-limit';

describe('the rate limit', () => {
  const policy: RatePolicy = { name: 'p', quota: 10, windowSeconds: 10 };

  test('lets a burst of the quota through, then one for each refill', () => {
    let nowMs = 0;
    const limiter = new RateLimiter(() => nowMs);
    const take = (times: number) =>
      Array.from({ length: times }, () => limiter.take('a', policy).allowed).filter(Boolean).length;
    expect(take(15)).toBe(10);
    nowMs += 1_000;
    expect(take(5)).toBe(1);
    nowMs += 3_600_000;
    expect(take(15)).toBe(10);
  });

  test('counts callers apart and says when to come again', () => {
    const limiter = new RateLimiter(() => 0);
    for (let count = 0; count < 10; count += 1) limiter.take('a', policy);
    expect(limiter.take('a', policy)).toMatchObject({ allowed: false, resetSeconds: 1 });
    expect(limiter.take('b', policy)).toMatchObject({ allowed: true, remaining: 9 });
  });

  test('keeps no more callers than its bound', () => {
    const limiter = new RateLimiter(() => 0);
    for (let count = 0; count < 10; count += 1) limiter.take('first', policy);
    for (let count = 0; count < 20_000; count += 1) limiter.take(`${count}`, policy);
    expect(limiter.take('first', policy).remaining).toBe(9);
  });
});
