import { describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { type Ban, createBanList } from '@/lib/switch/edge/ban-list';
import { RateLimiter } from '@/lib/switch/edge/rate-limiter';
import { SourceBook } from '@/lib/switch/edge/source';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function banListOf(exempt: readonly string[] = [], maxSources = 100) {
  const clock = new ManualClock();
  const banned: Ban[] = [];
  const list = createBanList({
    sources: new SourceBook(exempt),
    clock,
    maxSources,
    onBan: (ban) => banned.push(ban),
  });
  const fail = (address: string, times: number) => {
    for (let n = 0; n < times; n += 1) list.recordFailure(address, 'wrong secret');
  };
  return { clock, list, banned, fail };
}

describe('bans', () => {
  it('come after the ninth failure, not before', () => {
    const { list, banned, fail } = banListOf();
    fail('192.0.2.1', 8);
    expect(list.isBanned('192.0.2.1')).toBe(false);
    expect(list.recordFailure('192.0.2.1', 'wrong secret')).toBe(true);
    expect(list.isBanned('192.0.2.1')).toBe(true);
    expect(list.isBanned('192.0.2.2')).toBe(false);
    expect(banned).toMatchObject([{ source: '192.0.2.1', level: 1, manual: false }]);
  });

  it('last 5 minutes, then twice as long each time, at most 24 hours', () => {
    const { clock, list, fail } = banListOf();
    const lastedMs: number[] = [];
    for (let round = 0; round < 11; round += 1) {
      fail('192.0.2.1', 9);
      const [ban] = list.list();
      const forMs = (ban?.untilMs ?? 0) - clock.nowMs();
      lastedMs.push(forMs / MINUTE_MS);
      clock.advance(forMs - 1);
      expect(list.isBanned('192.0.2.1')).toBe(true);
      clock.advance(1);
      expect(list.isBanned('192.0.2.1')).toBe(false);
    }
    expect(lastedMs).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440]);
    clock.advance(24 * HOUR_MS + 1);
    fail('192.0.2.1', 9);
    expect(list.list()[0]?.level).toBe(1);
  });

  it('spare a phone with a wrong password that retries every half minute', () => {
    const { clock, list } = banListOf();
    for (let n = 0; n < 200; n += 1) {
      list.recordFailure('192.0.2.1', 'wrong secret');
      clock.advance(30_000);
    }
    expect(list.isBanned('192.0.2.1')).toBe(false);
  });

  it('count an IPv6 /64 as one, and IPv4 in IPv6 as what it is', () => {
    const { list, fail } = banListOf();
    for (let host = 1; host <= 9; host += 1) fail(`2001:db8:0:1::${host}`, 1);
    expect(list.isBanned('2001:db8:0:1:ffff::1')).toBe(true);
    expect(list.isBanned('2001:db8:0:2::1')).toBe(false);
    fail('::ffff:192.0.2.9', 9);
    expect(list.isBanned('192.0.2.9')).toBe(true);
  });

  it('never meet an exempt address, not even by hand', () => {
    const { list, fail } = banListOf(['198.51.100.0/24', '127.0.0.1']);
    fail('198.51.100.7', 50);
    fail('127.0.0.1', 50);
    expect(list.ban('198.51.100.8', { reason: 'by hand', durationMs: HOUR_MS })).toBe(false);
    expect(list.list()).toEqual([]);
    fail('127.0.0.2', 9);
    expect(list.isBanned('127.0.0.2')).toBe(true);
  });

  it('can be made and lifted by hand', () => {
    const { clock, list } = banListOf();
    list.ban('192.0.2.1', { reason: 'by hand', durationMs: HOUR_MS });
    expect(list.list()).toEqual([
      {
        source: '192.0.2.1',
        untilMs: clock.nowMs() + HOUR_MS,
        reason: 'by hand',
        level: 0,
        manual: true,
      },
    ]);
    expect(list.unban('192.0.2.1')).toBe(true);
    expect(list.unban('192.0.2.1')).toBe(false);
    expect(list.isBanned('192.0.2.1')).toBe(false);
  });

  it('never take more memory than their bound', () => {
    const { list } = banListOf([], 10);
    for (let n = 0; n < 250; n += 1) list.recordFailure(`10.0.0.${n}`, 'x');
    for (let n = 0; n < 250; n += 1) list.ban(`10.0.1.${n}`, { reason: 'x', durationMs: 1_000 });
    expect(list.list().length).toBeLessThanOrEqual(10);
  });
});

describe('the token bucket', () => {
  it('lets a burst through, then no more than its rate', () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 5, maxSources: 100 });
    const allowed = (nowMs: number, times: number) => {
      let count = 0;
      for (let n = 0; n < times; n += 1) if (limiter.take('a', nowMs)) count += 1;
      return count;
    };
    expect(allowed(0, 20)).toBe(5);
    expect(allowed(100, 20)).toBe(1);
    expect(allowed(1_100, 20)).toBe(5);
    let total = 0;
    for (let nowMs = 1_200; nowMs < 11_200; nowMs += 1) total += allowed(nowMs, 3);
    expect(total).toBeGreaterThanOrEqual(100);
    expect(total).toBeLessThanOrEqual(102);
  });

  it('keeps sources apart', () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 1, maxSources: 2 });
    expect([limiter.take('a', 0), limiter.take('a', 0), limiter.take('b', 0)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('sources', () => {
  it('refuse an exemption that is no range, when the edge is made', () => {
    expect(() => new SourceBook(['10.0.0.0/33'])).toThrow(/exempt/);
    expect(() => new SourceBook(['localhost'])).toThrow(/exempt/);
  });
});
