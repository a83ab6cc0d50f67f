import fc from 'fast-check';
import { beforeEach, describe, expect, it, test } from 'vitest';
import type { CallPlan, PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import type { CallLimits } from '@/lib/core/call-plan/views';
import { parseMicro, parsePerMinute } from '@/lib/core/money';
import { e164 } from './lab';
import { RuledLab } from './lab-rules';

let lab: RuledLab;
beforeEach(() => {
  lab = new RuledLab();
});

function refused(plan: CallPlan): RefusedCall {
  if (plan.kind !== 'refused') throw new Error('it was planned');
  return plan;
}
function planned(plan: CallPlan): PlannedCall {
  if (plan.kind !== 'planned') throw new Error(plan.message);
  return plan;
}

/** Birch 101 calls London: its own reseller South, North above it, the operator. */
const LONDON = '+442079460018';
const call = () => lab.call('Birch', LONDON);

/** Everybody on the way of that call, and the account that answers for each. */
const LEVELS = [
  ['extension', 'Birch 101', 'Birch'],
  ['tenant', 'tenant Birch', 'Birch'],
  ['account', 'Birch', 'Birch'],
  ['account', 'South', 'South'],
  ['account', 'North', 'North'],
  ['account', 'Operator', 'Operator'],
  ['number', '+12025550102', 'Birch'],
] as const;

type Use = Parameters<RuledLab['usages']['set']>[1];
/** A limit, what is used when it is full, and the code that tells it. */
const LIMITS: readonly (readonly [keyof CallLimits, Partial<CallLimits>, Use, string])[] = [
  ['maxConcurrentCalls', { maxConcurrentCalls: 2 }, { concurrentCalls: 2 }, 'LIMIT_CONCURRENT'],
  [
    'maxConcurrentOut',
    { maxConcurrentOut: 1 },
    { concurrentCalls: 1, outgoingCalls: 1 },
    'LIMIT_CONCURRENT',
  ],
  ['maxCallsPerSecond', { maxCallsPerSecond: 3 }, { callsThisSecond: 3 }, 'LIMIT_CPS'],
  [
    'maxDailySpendMicro',
    { maxDailySpendMicro: parseMicro('5') },
    { spentTodayMicro: parseMicro('5') },
    'LIMIT_DAILY_SPEND',
  ],
  ['blockedClasses', { blockedClasses: ['fixed'] }, {}, 'DESTINATION_BLOCKED'],
];

describe.each(LEVELS)('%s %s', (kind, id, hop) => {
  it.each(LIMITS)('alone at its %s refuses, and is named', (...[name, limits, use, code]) => {
    lab.limit(kind, id, limits);
    lab.usages.set(`${kind} ${id}`, use);
    const plan = refused(call());
    expect([plan.code, plan.hopAccountId]).toEqual([code, hop]);
    expect(plan.detail).toMatchObject({ subject: kind, subjectId: id, limitName: name });
    expect(plan.detail['value']).toBe(String(limits[name]));
  });

  it('is not refused one below its limits', () => {
    lab.limit(kind, id, { maxConcurrentCalls: 2, maxConcurrentOut: 2, maxCallsPerSecond: 3 });
    lab.usages.set(`${kind} ${id}`, { concurrentCalls: 1, outgoingCalls: 1, callsThisSecond: 2 });
    expect(call().kind).toBe('planned');
  });

  it('shortens the call to its maximum', () => {
    lab.limit(kind, id, { maxCallSeconds: 90 });
    expect(planned(call()).maxSeconds).toBe(90);
  });

  it('counts beside the limits that its own object has, which stay', () => {
    lab.limit(kind, id, { maxCallSeconds: 90 });
    lab.usages.set(`${kind} ${id}`, { concurrentCalls: 100 });
    const hasOwn = kind === 'account';
    expect(call().kind).toBe(hasOwn ? 'refused' : 'planned');
  });
});

describe('a price that somebody may not pay', () => {
  it.each([
    ['account', 'Birch', '0.0299'],
    ['account', 'South', '0.0149'],
    ['account', 'North', '0.0099'],
    ['extension', 'Birch 101', '0.0299'],
    ['tenant', 'tenant Birch', '0.0299'],
  ] as const)('%s %s pays at its own hop', (kind, id, below) => {
    lab.limit(kind, id, { maxPerMinuteNano: parsePerMinute(below) + 100_000n });
    expect(call().kind).toBe('planned');
    lab.limit(kind, id, { maxPerMinuteNano: parsePerMinute(below) });
    const plan = refused(call());
    expect([plan.code, plan.detail['subjectId']]).toEqual(['LIMIT_RATE', id]);
  });

  it('is a connect fee, too', () => {
    lab.limit('account', 'Birch', { maxConnectFeeMicro: parseMicro('0.0099') });
    expect(refused(call()).code).toBe('LIMIT_CONNECT_FEE');
    lab.limit('account', 'South', { maxConnectFeeMicro: 0n });
    lab.limit('account', 'Birch', { maxConnectFeeMicro: parseMicro('0.01') });
    expect(call().kind).toBe('planned');
  });

  it('is what would take the spending of the day above its limit, first increment and fee', () => {
    lab.limit('account', 'Birch', { maxDailySpendMicro: parseMicro('1') });
    lab.usages.set('account Birch', { spentTodayMicro: parseMicro('0.96') });
    expect(call().kind).toBe('planned');
    lab.usages.set('account Birch', { spentTodayMicro: parseMicro('0.960001') });
    expect(refused(call()).code).toBe('LIMIT_DAILY_SPEND');
  });

  it('is a carrier’s for the operator and for its trunk: that route is skipped', () => {
    lab.limit('account', 'Operator', { maxPerMinuteNano: parsePerMinute('0.0056') });
    const { attempts, skipped } = planned(call());
    expect(attempts).toMatchObject([{ trunkId: 'trunk carrier-b' }]);
    expect(skipped).toMatchObject([{ trunkId: 'trunk carrier-a', reason: 'LIMIT_RATE' }]);
    lab.limit('trunk', 'trunk carrier-b', { maxDailySpendMicro: parseMicro('1') });
    lab.usages.set('trunk trunk carrier-b', { spentTodayMicro: parseMicro('1') });
    expect(
      refused(call())
        .skipped.map(({ reason }) => reason)
        .sort(),
    ).toEqual(['LIMIT_DAILY_SPEND', 'LIMIT_RATE']);
  });
});

describe('two limits at once', () => {
  it('the one nearest to the caller is named', () => {
    lab.limit('account', 'North', { maxConcurrentCalls: 0 });
    lab.limit('extension', 'Birch 101', { maxConcurrentCalls: 0 });
    expect(refused(call()).detail['subjectId']).toBe('Birch 101');
  });

  it('of one subject, calls at a time before calls a second before spending', () => {
    const full = { concurrentCalls: 1, outgoingCalls: 1, callsThisSecond: 1, spentTodayMicro: 1n };
    lab.usages.set('account Birch', full);
    const all = { maxConcurrentCalls: 1, maxCallsPerSecond: 1, maxDailySpendMicro: 1n };
    lab.limit('account', 'Birch', all);
    expect(refused(call()).code).toBe('LIMIT_CONCURRENT');
    lab.limit('account', 'Birch', { ...all, maxConcurrentCalls: null });
    expect(refused(call()).code).toBe('LIMIT_CPS');
    lab.limit('account', 'Birch', { maxDailySpendMicro: 1n });
    expect(refused(call()).code).toBe('LIMIT_DAILY_SPEND');
  });

  test('ASTPP and MagnusBilling overwrite limits in their loop: here a laxer one above changes nothing', () => {
    lab.limit('extension', 'Birch 101', { maxConcurrentOut: 1 });
    for (const account of ['Birch', 'South', 'North', 'Operator']) {
      lab.limit('account', account, { maxConcurrentOut: 1_000, maxConcurrentCalls: 1_000 });
    }
    lab.usages.set('extension Birch 101', { concurrentCalls: 1, outgoingCalls: 1 });
    expect(refused(call()).detail['subjectId']).toBe('Birch 101');
  });
});

describe('the called side', () => {
  it('may be full for calls in while it still may call out', () => {
    lab.limit('extension', 'Birch 102', { maxConcurrentIn: 1 });
    lab.usages.set('extension Birch 102', { concurrentCalls: 1, outgoingCalls: 0 });
    expect(refused(lab.call('Birch', '102')).detail['limitName']).toBe('maxConcurrentIn');
    expect(lab.call('Birch', '103', { from: '102' }).kind).toBe('planned');
    lab.usages.set('extension Birch 102', { concurrentCalls: 1, outgoingCalls: 1 });
    expect(lab.call('Birch', '102').kind).toBe('planned');
  });

  it('is limited by the number that is called, from outside and from another tenant', () => {
    const number = e164('+12025550103');
    lab.limit('number', number, { maxConcurrentIn: 3 });
    lab.usages.set(`number ${number}`, { concurrentCalls: 3 });
    const fromCarrier = lab.plan({ kind: 'trunk', trunkId: 'trunk carrier-a' }, number);
    for (const plan of [fromCarrier, lab.call('Birch', number)]) {
      expect(refused(plan).detail).toMatchObject({
        subject: 'number',
        limitName: 'maxConcurrentIn',
      });
    }
  });
});

test('no limit of a parent is loosened by a child', () => {
  const value = fc.constantFrom(null, 0, 1, 2, 5);
  const pair = fc.record({ parent: value, child: value, used: fc.constantFrom(0, 1, 2, 4, 5, 9) });
  fc.assert(
    fc.property(pair, ({ parent, child, used }) => {
      const one = new RuledLab();
      one.limit('account', 'North', { maxConcurrentCalls: parent });
      one.usages.set('account North', { concurrentCalls: used, outgoingCalls: used });
      const without = one.call('Birch', LONDON).kind;
      for (const [kind, id] of LEVELS.slice(0, 4)) {
        one.limit(kind, id, { maxConcurrentCalls: child });
      }
      const withChild = one.call('Birch', LONDON).kind;
      if (without === 'refused') expect(withChild).toBe('refused');
      const isParentFull = parent !== null && used >= parent;
      expect(withChild).toBe(isParentFull || child === 0 ? 'refused' : 'planned');
    }),
  );
});

test('calls for help are never refused, whatever is limited, profiled or blocked', () => {
  for (const [kind, id] of LEVELS) {
    lab.limit(kind, id, { maxConcurrentCalls: 0, maxDailySpendMicro: 0n, maxCallSeconds: 1 });
  }
  lab.profile('Birch', { countries: [], blockedClasses: ['unknown', 'fixed'] });
  lab.blocks.set('extension Birch 101', { rule: 'velocity_calls' });
  lab.blocks.set('account Operator', { rule: 'manual' });
  const plan = planned(lab.call('Birch', '911'));
  expect([plan.callClass, plan.maxSeconds]).toEqual(['emergency', 86_400]);
});
