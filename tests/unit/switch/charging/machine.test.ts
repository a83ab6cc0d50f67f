import { expect, test } from 'vitest';
import {
  type ChargingEffect,
  type ChargingEvent,
  type ChargingState,
  chargingStep,
  RENEW_GUARD_MS,
  stopAtMs,
} from '@/lib/switch/charging/machine';

function run(events: readonly ChargingEvent[]): {
  state: ChargingState;
  effects: ChargingEffect[];
} {
  let state: ChargingState = { kind: 'idle' };
  const effects: ChargingEffect[] = [];
  for (const event of events) {
    const step = chargingStep(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

/** No more can be had: nobody looks again. */
const NEVER = Number.POSITIVE_INFINITY;
const held: ChargingEvent = {
  ...{ kind: 'held', grantedSeconds: 60, final: false },
  reachSeconds: 300,
};
const answered: ChargingEvent = { kind: 'answered', atMs: 1_000 };

test('a call that nobody answers releases its hold and settles nothing', () => {
  const { state, effects } = run([held, { kind: 'ended', atMs: 9_000 }]);
  expect(state).toEqual({ kind: 'released' });
  expect(effects).toEqual([{ kind: 'release' }]);
});

test('an answered call settles what it talked, to the nearest second', () => {
  const { effects } = run([held, answered, { kind: 'ended', atMs: 33_040 }]);
  expect(effects.at(-1)).toEqual({ kind: 'settle', ratedSeconds: 32, durationMs: 32_040 });
});

test('the stop is armed at the last granted second and the renewal before it', () => {
  const { state, effects } = run([held, answered]);
  const renewAtMs = 61_000 - RENEW_GUARD_MS;
  expect(effects).toEqual([
    { kind: 'arm', renewAtMs },
    { kind: 'outlook', endsAtMs: 301_000, knownUntilMs: renewAtMs },
  ]);
  expect(state.kind === 'talking' && stopAtMs(state)).toBe(61_000);
});

test('a renewal moves the stop; the next one is asked for before the new end', () => {
  const { state, effects } = run([
    held,
    answered,
    { kind: 'renewDue' },
    { kind: 'renewed', grantedSeconds: 120, final: false, reachSeconds: 240 },
  ]);
  expect(state.kind === 'talking' && stopAtMs(state)).toBe(121_000);
  expect(effects.slice(2)).toEqual([
    { kind: 'renew', grantedSeconds: 60 },
    { kind: 'arm', renewAtMs: 121_000 - RENEW_GUARD_MS },
    { kind: 'outlook', endsAtMs: 241_000, knownUntilMs: 121_000 - RENEW_GUARD_MS },
  ]);
});

test('while a renewal is under way no second one is asked for', () => {
  const { effects } = run([held, answered, { kind: 'renewDue' }, { kind: 'renewDue' }]);
  expect(effects.filter((effect) => effect.kind === 'renew')).toHaveLength(1);
});

test('a renewal that fails leaves the stop where it was', () => {
  const { state, effects } = run([
    held,
    answered,
    { kind: 'renewDue' },
    { kind: 'renewFailed' },
    { kind: 'stopDue' },
  ]);
  expect(effects.slice(3)).toEqual([
    { kind: 'outlook', endsAtMs: 61_000, knownUntilMs: NEVER },
    { kind: 'cut' },
    { kind: 'settle', ratedSeconds: 60, durationMs: 60_000 },
  ]);
  expect(state.kind).toBe('settled');
});

test('a renewal that brings nothing new is not asked for again', () => {
  const { effects } = run([
    held,
    answered,
    { kind: 'renewDue' },
    { kind: 'renewed', grantedSeconds: 60, final: true, reachSeconds: 60 },
  ]);
  expect(effects.map((effect) => effect.kind)).toEqual(['arm', 'outlook', 'renew', 'outlook']);
});

test('a stop that fires late never settles more than was granted', () => {
  const { state } = run([held, answered, { kind: 'ended', atMs: 64_700 }]);
  expect(state).toMatchObject({ ratedSeconds: 60 });
});

test('whatever comes after the end changes nothing', () => {
  const ended: ChargingEvent = { kind: 'ended', atMs: 5_000 };
  const { effects } = run([
    held,
    answered,
    ended,
    ended,
    { kind: 'stopDue' },
    { kind: 'renewed', grantedSeconds: 500, final: false, reachSeconds: 500 },
  ]);
  expect(effects.filter((effect) => effect.kind === 'settle')).toHaveLength(1);
  expect(effects.some((effect) => effect.kind === 'cut')).toBe(false);
});

test('that a grant is the last is told when it is known, and no more than once', () => {
  const final = { ...held, final: true, reachSeconds: 60 } as const;
  const last = { kind: 'outlook', endsAtMs: 61_000, knownUntilMs: NEVER };
  expect(run([final, answered]).effects.at(-1)).toEqual(last);
  const nothing = { kind: 'renewed', grantedSeconds: 60, final: true, reachSeconds: 60 } as const;
  const told = run([final, answered, { kind: 'renewDue' }, nothing, { kind: 'renewFailed' }]);
  expect(told.effects.filter(({ kind }) => kind === 'outlook')).toEqual([last]);
  const toppedUp = { ...nothing, grantedSeconds: 120, final: false, reachSeconds: 400 } as const;
  const more = run([final, answered, { kind: 'renewDue' }, toppedUp]);
  expect(more.effects.at(-1)).toMatchObject({ kind: 'outlook', endsAtMs: 401_000 });
});
