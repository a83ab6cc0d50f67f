import { describe, expect, it } from 'vitest';
import { type Cidr, parseCidr } from '@/lib/core/cidr';
import { ManualClock } from '@/lib/core/clock';
import { type Ban, createBanList } from '@/lib/switch/edge/ban-list';
import { RateLimiter } from '@/lib/switch/edge/rate-limiter';
import { isDenied, SourceBook } from '@/lib/switch/edge/source';

const GUESS = { name: '101@acme.test', isHome: true };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function banListOf(exempt: readonly string[] = [], maxSources = 100) {
  const clock = new ManualClock();
  const banned: Ban[] = [];
  const sources = new SourceBook(exempt);
  const list = createBanList({
    sources,
    clock,
    maxSources,
    newId: () => `ban-${banned.length + 1}`,
    onBan: (ban) => banned.push(ban),
  });
  const fail = (address: string, times: number) => {
    for (let n = 0; n < times; n += 1) list.recordFailure(address, GUESS);
  };
  const isBanned = (address: string) => list.banOf(sources.of(address).key) !== undefined;
  return { clock, list, banned, fail, isBanned, sources };
}

describe('bans', () => {
  it('come after the ninth failure, not before', () => {
    const { list, banned, fail, isBanned } = banListOf();
    fail('192.0.2.1', 8);
    expect(isBanned('192.0.2.1')).toBe(false);
    expect(list.recordFailure('192.0.2.1', GUESS)).toBe(true);
    expect(isBanned('192.0.2.1')).toBe(true);
    expect(isBanned('192.0.2.2')).toBe(false);
    expect(banned).toMatchObject([
      {
        source: '192.0.2.1',
        level: 1,
        reason: 'wrong_secret',
        detail: '101@acme.test',
        attempts: 9,
      },
    ]);
  });

  it('last 5 minutes, then twice as long each time, at most 24 hours', () => {
    const { clock, list, fail, isBanned } = banListOf();
    const lastedMs: number[] = [];
    for (let round = 0; round < 11; round += 1) {
      fail('192.0.2.1', 9);
      const [ban] = list.list();
      const forMs = (ban?.untilMs ?? 0) - clock.nowMs();
      lastedMs.push(forMs / MINUTE_MS);
      clock.advance(forMs - 1);
      expect(isBanned('192.0.2.1')).toBe(true);
      clock.advance(1);
      expect(isBanned('192.0.2.1')).toBe(false);
    }
    expect(lastedMs).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440]);
    clock.advance(24 * HOUR_MS + 1);
    fail('192.0.2.1', 9);
    expect(list.list()[0]?.level).toBe(1);
  });

  it('spare a phone with a wrong password that retries every half minute', () => {
    const { clock, list, isBanned } = banListOf();
    for (let n = 0; n < 200; n += 1) {
      list.recordFailure('192.0.2.1', GUESS);
      clock.advance(30_000);
    }
    expect(isBanned('192.0.2.1')).toBe(false);
  });

  it('count an IPv6 /64 as one, and IPv4 in IPv6 as what it is', () => {
    const { fail, isBanned } = banListOf();
    for (let host = 1; host <= 9; host += 1) fail(`2001:db8:0:1::${host}`, 1);
    expect(isBanned('2001:db8:0:1:ffff::1')).toBe(true);
    expect(isBanned('2001:db8:0:2::1')).toBe(false);
    fail('::ffff:192.0.2.9', 9);
    expect(isBanned('192.0.2.9')).toBe(true);
  });

  it('never meet an exempt address', () => {
    const { list, fail, isBanned } = banListOf(['198.51.100.0/24', '127.0.0.1']);
    fail('198.51.100.7', 50);
    fail('127.0.0.1', 50);
    expect(list.list()).toEqual([]);
    fail('127.0.0.2', 9);
    expect(isBanned('127.0.0.2')).toBe(true);
  });

  it('can be lifted: the source starts again as if nothing had been', () => {
    const { list, fail, isBanned } = banListOf();
    fail('192.0.2.1', 9);
    const [ban] = list.list();
    expect(list.lift('another')).toBe(false);
    expect(list.lift(ban?.id ?? '')).toBe(true);
    expect(list.lift(ban?.id ?? '')).toBe(false);
    expect(isBanned('192.0.2.1')).toBe(false);
    fail('192.0.2.1', 8);
    expect(list.list()).toEqual([]);
    fail('192.0.2.1', 1);
    expect(list.list()).toMatchObject([{ level: 1 }]);
  });

  it('are told once to whoever writes them, with what they have dropped since', () => {
    const { list, fail } = banListOf();
    fail('192.0.2.1', 9);
    const { made, attempts } = list.takeChanges();
    expect(made).toMatchObject([{ source: '192.0.2.1', attempts: 9 }]);
    expect(attempts.size).toBe(0);
    for (let n = 0; n < 3; n += 1) list.recordDrop('ban-1');
    list.recordDrop('a rule');
    expect(list.takeChanges()).toEqual({
      made: [],
      attempts: new Map([
        ['ban-1', 3],
        ['a rule', 1],
      ]),
    });
    expect(list.takeChanges().attempts.size).toBe(0);
  });

  it('survive a restart with their level', () => {
    const earlier = banListOf();
    earlier.fail('192.0.2.1', 9);
    const written = earlier.list.list();
    const { clock, list, fail, isBanned } = banListOf();
    list.restore(written);
    expect(isBanned('192.0.2.1')).toBe(true);
    clock.advance(5 * MINUTE_MS);
    expect(isBanned('192.0.2.1')).toBe(false);
    fail('192.0.2.1', 9);
    expect(list.list()).toMatchObject([{ level: 2 }]);
  });

  it('meet a scanner at its first word', () => {
    const { list, isBanned } = banListOf(['198.51.100.0/24']);
    expect(list.recordScanner('192.0.2.1', 'friendly-scanner')).toBe(true);
    expect(isBanned('192.0.2.1')).toBe(true);
    expect(list.list()).toMatchObject([{ reason: 'scanner', detail: 'friendly-scanner' }]);
    expect(list.recordScanner('198.51.100.7', 'friendly-scanner')).toBe(false);
  });

  it('never take more memory than their bound, and no crowd of suspects pushes one out', () => {
    const { list, fail, isBanned } = banListOf([], 10);
    fail('192.0.2.1', 9);
    for (let n = 0; n < 250; n += 1) list.recordFailure(`10.0.0.${n}`, GUESS);
    expect(isBanned('192.0.2.1')).toBe(true);
    for (let n = 0; n < 250; n += 1) fail(`10.0.1.${n}`, 9);
    expect(list.list().length).toBeLessThanOrEqual(10);
  });
});

describe('a name that is guessed at from everywhere', () => {
  const guess = { name: '101@acme.test', isHome: false };

  it('gives each stranger one guess, from the twenty-first on', () => {
    const { list } = banListOf();
    const outcomes = Array.from({ length: 25 }, (_, n) => list.recordFailure(`10.0.0.${n}`, guess));
    expect(outcomes).toEqual([...Array(20).fill(false), ...Array(5).fill(true)]);
    expect(list.list()[0]).toMatchObject({ source: '10.0.0.20', reason: 'name_guessed' });
    expect(list.recordFailure('10.0.1.1', { ...guess, name: '102@acme.test' })).toBe(false);
  });

  it('keeps its own phone reachable: from where it is registered the usual patience applies', () => {
    const { list, isBanned } = banListOf();
    for (let n = 0; n < 40; n += 1) list.recordFailure(`10.0.0.${n}`, guess);
    expect(list.recordFailure('192.0.2.1', { ...guess, isHome: true })).toBe(false);
    expect(isBanned('192.0.2.1')).toBe(false);
  });

  it('calms down again', () => {
    const { clock, list } = banListOf();
    for (let n = 0; n < 21; n += 1) list.recordFailure(`10.0.0.${n}`, guess);
    clock.advance(10 * MINUTE_MS);
    expect(list.recordFailure('10.0.1.1', guess)).toBe(false);
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
  const denied = (cidr: string, untilMs: number | null) => {
    const parsed = parseCidr(cidr);
    if (!parsed.ok) throw new Error(parsed.reason);
    return { id: cidr, cidr: parsed.cidr, untilMs };
  };

  it('are denied by range until the longest rule ends, unless they are exempt', () => {
    const book = new SourceBook(['203.0.113.7']);
    const rules = {
      exempt: ['203.0.113.9/32' as Cidr],
      denied: [denied('203.0.113.0/24', 1_000), denied('203.0.113.8/29', null)],
    };
    expect(book.setRules(rules)).toBe(true);
    expect(book.setRules(rules)).toBe(false);
    const deniedAt = (address: string, nowMs: number) => isDenied(book.of(address), nowMs);
    expect([deniedAt('203.0.113.1', 999), deniedAt('203.0.113.1', 1_000)]).toEqual([true, false]);
    expect(deniedAt('203.0.113.10', 1e15)).toBe(true);
    expect([deniedAt('203.0.113.7', 0), deniedAt('203.0.113.9', 0)]).toEqual([false, false]);
    expect(deniedAt('::ffff:203.0.113.1', 0)).toBe(true);
    book.setRules({ exempt: [], denied: [] });
    expect(deniedAt('203.0.113.10', 0)).toBe(false);
  });

  it('refuse an exemption that is no range, when the edge is made', () => {
    expect(() => new SourceBook(['10.0.0.0/33'])).toThrow(/exempt/);
    expect(() => new SourceBook(['localhost'])).toThrow(/exempt/);
  });
});
