import { beforeEach, describe, expect, test } from 'vitest';
import type { CallLimits } from '@/lib/core/call-plan/views';
import { ManualClock } from '@/lib/core/clock';
import type { FraudProfile } from '@/lib/core/fraud/profile';
import { parseMicro } from '@/lib/core/money';
import type { AnswerFacts, CallResult } from '@/lib/services/charging/types';
import type { NodeSpend, SpendQuestion } from '@/lib/services/limits/types';
import type { SpendSubject } from '@/lib/switch/directory/rule-book';
import { type CutReason, SpendBook } from '@/lib/switch/limits/spend-book';
import {
  chainOf,
  holdOf,
  rateOf,
  resultOf,
  type SampleCall,
  sampleCall,
} from '@/tests/support/money-world';

const NOON = Date.UTC(2026, 10, 28, 12);
const VELOCITY = { windowSeconds: 600, digits: 5, maxCalls: null, maxSpendMicro: parseMicro('1') };
const KEY = {
  ...{ profileAccountId: 'reseller', callerAccountId: 'acme' },
  ...{ prefix: '37190', windowSeconds: 600 },
};

/** Acme buys at 0.6 a minute by the second, its reseller at 0.3. */
class World {
  readonly clock = new ManualClock(NOON);
  readonly limits = new Map<string, Partial<CallLimits>>();
  profile: Partial<FraudProfile> | undefined;
  loaded: NodeSpend[] = [];
  others: NodeSpend[] = [];
  readonly asked: SpendQuestion[] = [];
  readonly told: NodeSpend[] = [];
  readonly cuts: (CutReason & { callId: string })[] = [];
  timeZone = 'UTC';
  readonly book = new SpendBook({
    clock: this.clock,
    rules: {
      spendSubjects: () => this.subjects(),
      limitsOf: (kind, id) => ({ maxDailySpendMicro: null, ...this.limits.get(`${kind} ${id}`) }),
      profileOf: (id) => (id === 'reseller' ? (this.profile as FraudProfile) : undefined),
    },
    timeZoneOf: () => this.timeZone,
    numberId: () => undefined,
    load: async (questions) => {
      this.asked.push(...questions);
      return this.loaded;
    },
    exchange: async ({ changed }) => {
      this.told.push(...changed);
      return this.others;
    },
    cut: (callId, why) => {
      this.cuts.push({ callId, ...why });
      const call = this.calls.get(callId);
      if (call) this.end(call, this.secondsOf(callId));
    },
  });
  private readonly calls = new Map<string, SampleCall>();
  private readonly answeredMs = new Map<string, number>();

  limit(key: string, amount: string): void {
    this.limits.set(key, { maxDailySpendMicro: parseMicro(amount) });
  }

  private *subjects(): Generator<SpendSubject> {
    for (const key of this.limits.keys()) {
      const [kind = '', id = ''] = key.split(' ');
      yield { kind: kind as SpendSubject['kind'], id, accountId: 'acme' };
    }
  }

  begin(velocity?: (typeof KEY)[]): SampleCall {
    const rest = { path: '', walletId: '', currency: 'USD' };
    const buyer = (id: string, parentId: string) => ({ id, parentId, ...rest });
    const hops = chainOf([
      { buyer: buyer('acme', 'reseller'), rate: rateOf('0.6000 1/1') },
      { buyer: buyer('reseller', 'operator'), rate: rateOf('0.3000 1/1') },
    ]);
    const sample = sampleCall(hops, null, this.clock.nowMs());
    const facts = { ...sample.facts, fromExtensionId: 'e101', tenantId: 't' };
    const call = { ...sample, facts: velocity ? { ...facts, velocity } : facts };
    this.calls.set(call.callId, call);
    this.book.held(holdOf(call));
    return call;
  }

  answer(call: SampleCall): void {
    this.answeredMs.set(call.callId, this.clock.monotonicMs());
    this.book.answered({ callId: call.callId, trunkId: null, buy: null } as AnswerFacts);
  }

  end(call: SampleCall, seconds: number): void {
    this.calls.delete(call.callId);
    const result: CallResult = { ...resultOf(call, Math.round(seconds)), facts: call.facts };
    this.book.ended(result);
  }

  secondsOf(callId: string): number {
    return (this.clock.monotonicMs() - (this.answeredMs.get(callId) ?? 0)) / 1_000;
  }

  async seconds(count: number): Promise<void> {
    for (let second = 0; second < count; second += 1) {
      this.clock.advance(1_000);
      await this.book.beat();
    }
  }

  spent(kind: 'account' | 'extension' | 'tenant', id: string): bigint {
    return this.book.spentTodayMicro(kind, id);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('what was spent today', () => {
  test('is counted at every hop’s own price, and for nobody who is not limited', async () => {
    world.limit('account acme', '100');
    world.limit('account reseller', '100');
    world.limit('extension e101', '100');
    await world.book.start();
    const call = world.begin();
    world.answer(call);
    world.end(call, 60);
    expect(world.spent('account', 'acme')).toBe(parseMicro('0.6'));
    expect(world.spent('account', 'reseller')).toBe(parseMicro('0.3'));
    expect(world.spent('extension', 'e101')).toBe(parseMicro('0.6'));
    expect(world.spent('tenant', 't')).toBe(0n);
    expect(world.book.watchedCalls).toBe(0);
  });

  test('counts calls in progress as they grow, and each once when it ends', async () => {
    world.limit('account acme', '100');
    await world.book.start();
    const call = world.begin();
    // At once: calls that come together see each other.
    expect(world.spent('account', 'acme')).toBe(parseMicro('0.01'));
    world.answer(call);
    await world.seconds(30);
    expect(world.spent('account', 'acme')).toBe(parseMicro('0.32'));
    world.end(call, 30);
    expect(world.spent('account', 'acme')).toBe(parseMicro('0.3'));
    await world.seconds(1);
    expect(world.spent('account', 'acme')).toBe(parseMicro('0.3'));
  });

  test('survives a restart: it is read from the charges, up to when this book began', async () => {
    world.limit('account acme', '100');
    world.loaded = [{ kind: 'account', id: 'acme', day: '2026-11-28', amountMicro: 42n }];
    await world.book.start();
    expect(world.spent('account', 'acme')).toBe(42n);
    expect(world.asked).toMatchObject([{ id: 'acme', day: '2026-11-28', beforeMs: NOON }]);
    // What an earlier life left is settled only then; asking again counts nothing twice.
    world.loaded = [{ kind: 'account', id: 'acme', day: '2026-11-28', amountMicro: 50n }];
    const call = world.begin();
    world.answer(call);
    world.end(call, 60);
    await world.book.reload();
    expect(world.spent('account', 'acme')).toBe(50n + parseMicro('0.6'));
  });

  test('adds what the other nodes tell, and tells them its own', async () => {
    world.limit('account acme', '100');
    await world.book.start();
    world.others = [{ kind: 'account', id: 'acme', day: '2026-11-28', amountMicro: 1_000n }];
    const call = world.begin();
    world.answer(call);
    world.end(call, 60);
    await world.seconds(1);
    expect(world.told).toMatchObject([{ id: 'acme', amountMicro: parseMicro('0.6') }]);
    expect(world.spent('account', 'acme')).toBe(parseMicro('0.6') + 1_000n);
    await world.seconds(3);
    expect(world.told).toHaveLength(1);
  });

  test('begins at nothing when the account’s own day does', async () => {
    world.timeZone = 'Europe/Berlin';
    world.limit('account acme', '100');
    world.clock.advance(Date.UTC(2026, 10, 28, 22, 59, 58) - NOON);
    await world.book.start();
    const call = world.begin();
    world.answer(call);
    world.end(call, 60);
    await world.seconds(1);
    expect(world.spent('account', 'acme')).toBe(parseMicro('0.6'));
    await world.seconds(2);
    expect(world.spent('account', 'acme')).toBe(0n);
  });

  test('of whoever is limited only now is read from what was settled before', async () => {
    await world.book.start();
    world.loaded = [{ kind: 'account', id: 'acme', day: '2026-11-28', amountMicro: 7n }];
    world.limit('account acme', '100');
    world.book.watch();
    await world.seconds(2);
    expect(world.spent('account', 'acme')).toBe(7n);
    world.limits.clear();
    world.book.watch();
    await world.seconds(1);
    expect(world.spent('account', 'acme')).toBe(0n);
  });
});

describe('whoever spends too much', () => {
  test('is cut before the limit is passed, the latest call first', async () => {
    world.limit('account acme', '0.50');
    await world.book.start();
    const first = world.begin();
    world.answer(first);
    await world.seconds(10);
    const second = world.begin();
    world.answer(second);
    await world.seconds(19);
    expect(world.cuts).toEqual([
      { callId: second.callId, rule: 'daily_spend', profileAccountId: null, maxMicro: 500_000n },
    ]);
    await world.seconds(30);
    expect(world.cuts.map(({ callId }) => callId)).toEqual([second.callId, first.callId]);
    expect(world.spent('account', 'acme')).toBeLessThanOrEqual(parseMicro('0.50'));
    expect(world.spent('account', 'acme')).toBeGreaterThan(parseMicro('0.46'));
  });

  test('has all calls ended where the limit was lowered below what is spent already', async () => {
    world.limit('account acme', '100');
    await world.book.start();
    const calls = [world.begin(), world.begin()];
    for (const call of calls) world.answer(call);
    await world.seconds(20);
    world.limit('account acme', '0.10');
    await world.seconds(1);
    expect(new Set(world.cuts.map(({ callId }) => callId))).toEqual(
      new Set(calls.map(({ callId }) => callId)),
    );
  });

  test('by a profile in shadow mode is cut by nobody', async () => {
    world.limit('account reseller', '100');
    world.profile = { mode: 'shadow', maxDailySpendMicro: 1n, velocity: VELOCITY };
    await world.book.start();
    world.answer(world.begin([KEY]));
    await world.seconds(600);
    expect(world.cuts).toEqual([]);
  });
});

describe('calls to numbers that begin alike', () => {
  test('are counted within the window, and what they cost as they go on', async () => {
    world.profile = { mode: 'off' };
    const calls = [world.begin([KEY]), world.begin([KEY])];
    expect(world.book.velocity(KEY)).toEqual({ calls: 2, spentMicro: 0n });
    for (const call of calls) world.answer(call);
    await world.seconds(30);
    expect(world.book.velocity(KEY)).toEqual({ calls: 2, spentMicro: parseMicro('0.6') });
    for (const call of calls) world.end(call, 31);
    expect(world.book.velocity(KEY).spentMicro).toBe(parseMicro('0.62'));
    expect(world.book.velocity({ ...KEY, callerAccountId: 'birch' }).calls).toBe(0);
    await world.seconds(600);
    expect(world.book.velocity(KEY)).toEqual({ calls: 0, spentMicro: 0n });
  });

  test('on which too much is spent are ended', async () => {
    world.profile = { mode: 'enforce', maxDailySpendMicro: null, velocity: VELOCITY };
    const call = world.begin([KEY]);
    world.answer(call);
    await world.seconds(110);
    expect(world.cuts).toMatchObject([
      { callId: call.callId, rule: 'velocity_spend', profileAccountId: 'reseller' },
    ]);
    expect(world.book.velocity(KEY).spentMicro).toBeLessThanOrEqual(parseMicro('1.02'));
  });

  test('count no more for whoever was released', () => {
    world.begin([KEY]);
    world.begin([{ ...KEY, callerAccountId: 'birch' }]);
    world.book.forgive('acme');
    expect(world.book.velocity(KEY).calls).toBe(0);
    expect(world.book.velocity({ ...KEY, callerAccountId: 'birch' }).calls).toBe(1);
  });
});
