import { expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { CallUsage } from '@/lib/switch/call/usage';

test('a call counts at each of its subjects until it leaves, and leaves once', () => {
  const usage = new CallUsage(new ManualClock());
  const entered = usage.enter([
    { kind: 'account', id: 'a' },
    { kind: 'account', id: 'a' },
    { kind: 'tenant', id: 't' },
  ]);
  expect(usage.usage('account', 'a').concurrentCalls).toBe(1);
  expect(usage.usage('tenant', 't').concurrentCalls).toBe(1);
  usage.leave(entered);
  usage.leave(entered);
  expect(usage.usage('account', 'a').concurrentCalls).toBe(0);
  expect(usage.busySubjects).toBe(0);
});

test('calls that a subject makes and those that it receives are told apart', () => {
  const usage = new CallUsage(new ManualClock());
  const out = usage.enter([{ kind: 'extension', id: 'e' }]);
  const taken = usage.enter([
    { kind: 'extension', id: 'other' },
    { kind: 'extension', id: 'e', isCalled: true },
  ]);
  const counts = () => {
    const { concurrentCalls, outgoingCalls } = usage.usage('extension', 'e');
    return [concurrentCalls, outgoingCalls];
  };
  expect(counts()).toEqual([2, 1]);
  usage.leave(out);
  expect(counts()).toEqual([1, 0]);
  usage.leave(taken);
  expect(counts()).toEqual([0, 0]);
  expect(usage.busySubjects).toBe(0);
});

test('calls a second are those begun within the last second', () => {
  const clock = new ManualClock();
  const usage = new CallUsage(clock);
  for (let call = 0; call < 5; call += 1) {
    usage.leave(usage.enter([{ kind: 'account', id: 'a' }]));
    clock.advance(250);
  }
  expect(usage.usage('account', 'a').callsThisSecond).toBe(3);
});

test('a subject without calls is forgotten by the sweep', () => {
  const clock = new ManualClock();
  const usage = new CallUsage(clock);
  usage.leave(usage.enter([{ kind: 'account', id: 'a' }]));
  clock.advance(1500);
  usage.sweep();
  expect(usage.usage('account', 'a')).toEqual({
    concurrentCalls: 0,
    outgoingCalls: 0,
    callsThisSecond: 0,
    spentTodayMicro: 0n,
  });
});
