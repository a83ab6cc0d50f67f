import { beforeEach, describe, expect, it } from 'vitest';
import { ManualTimers } from '@/lib/protocol/sip/timers';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import type { AnswerFacts, CallFacts } from '@/lib/services/charging/types';
import { CallCharging, NOTE_FREE_CALL_MS } from '@/lib/switch/charging/call-charging';

const FACTS: CallFacts = {
  callClass: 'internal',
  accountId: 'acme',
  tenantId: 'acme',
  payerAccountId: null,
  fromExtensionId: 'one',
  toExtensionId: 'two',
  peerAccountId: null,
  peerTenantId: null,
  fromNumber: '101',
  dialled: '102',
  toNumber: '102',
  destination: null,
  startedAtMs: 0,
  hops: [],
};
/** All that a free call may last. */
const ALL = { grantedSeconds: 60, final: true, reachSeconds: 60 };
const ANSWER: AnswerFacts = {
  callId: 'call',
  answeredAtMs: 1_000,
  trunkId: null,
  buy: null,
  attempts: 1,
  legs: [],
  dialogs: [],
};

const asked: string[] = [];
let letGo: () => void = () => undefined;
const timers = new ManualTimers();

/** The database answers a note when it is let go. */
const groups: ChargingGroups = {
  hold: () => {
    asked.push('hold');
    return new Promise((resolve) => {
      letGo = () => resolve({ ok: true, ...ALL });
    });
  },
  answer: async () => {
    asked.push('answer');
  },
  extend: () => Promise.reject(new Error('a free call asks for no slices')),
  settle: () => Promise.reject(new Error('not here')),
  unsettled: 0,
  isBehind: false,
  close: async () => undefined,
};

function freeCall(answerFacts: () => AnswerFacts = () => ANSWER): CallCharging {
  const clock = { nowMs: () => timers.nowMs, monotonicMs: () => timers.nowMs };
  const call = {
    callId: 'call',
    activeCalls: () => [],
    answerFacts,
    cutOff: () => undefined,
    runningOut: () => undefined,
    chargingFailed: (error: unknown) => {
      throw error;
    },
  };
  return new CallCharging({ charging: groups, stack: { timers, clock } }, call, 60);
}

describe('a call that costs nobody anything', () => {
  beforeEach(() => {
    asked.length = 0;
  });

  it('does not wait for the database, and leaves nothing there when it is over soon', async () => {
    const charging = freeCall();
    expect(await charging.hold(FACTS, [])).toEqual({ ok: true, ...ALL });
    charging.answered(timers.nowMs);
    timers.advance(1_500);
    expect(charging.end(timers.nowMs)).toEqual({ durationMs: 1_500, ratedSeconds: 2 });
    await charging.written();
    timers.advance(60_000);
    expect(asked).toEqual([]);
  });

  it('is noted with its answer once it has lasted a while', async () => {
    const charging = freeCall();
    await charging.hold(FACTS, []);
    charging.answered(timers.nowMs);
    timers.advance(NOTE_FREE_CALL_MS);
    letGo();
    await charging.written();
    expect(asked).toEqual(['hold', 'answer']);
    charging.end(timers.nowMs);
  });

  it('is settled only after its note, however the two cross', async () => {
    const charging = freeCall();
    await charging.hold(FACTS, []);
    timers.advance(NOTE_FREE_CALL_MS);
    charging.answered(timers.nowMs);
    charging.end(timers.nowMs);
    let isWritten = false;
    const written = charging.written().then(() => {
      isWritten = true;
    });
    await Promise.resolve();
    expect(isWritten).toBe(false);
    letGo();
    await written;
    expect(asked).toEqual(['hold', 'answer']);
  });

  it('tells how it was answered only when that is written, and never where it is over by then', async () => {
    let told = 0;
    const facts = (): AnswerFacts => {
      told += 1;
      return ANSWER;
    };
    const short = freeCall(facts);
    await short.hold(FACTS, []);
    short.answered(timers.nowMs);
    short.end(timers.nowMs);
    timers.advance(NOTE_FREE_CALL_MS);
    expect(told).toBe(0);
    const long = freeCall(facts);
    await long.hold(FACTS, []);
    long.answered(timers.nowMs);
    expect(told).toBe(0);
    timers.advance(NOTE_FREE_CALL_MS);
    letGo();
    await long.written();
    expect(told).toBe(1);
    long.end(timers.nowMs);
  });

  it('is still cut at its longest', async () => {
    const charging = freeCall();
    await charging.hold(FACTS, []);
    charging.answered(timers.nowMs);
    timers.advance(NOTE_FREE_CALL_MS);
    letGo();
    await charging.written();
    timers.advance(90_000);
    expect(charging.end(timers.nowMs)).toMatchObject({ ratedSeconds: 60 });
  });
});
