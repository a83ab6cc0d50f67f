import { describe, expect, it } from 'vitest';
import { BusyPolling } from '@/lib/switch/edge/busy-polling';

/** A loop whose turns take `turnMs` and are counted. */
function pollingOn(turnMs: number) {
  let nowMs = 1_000;
  let due: (() => void) | undefined;
  const polling = new BusyPolling({
    nowMs: () => nowMs,
    nextTurn: (callback) => {
      expect(due, 'one turn is asked for at a time').toBeUndefined();
      due = callback;
    },
  });
  /** Turns taken before it lets the loop sleep, at most so many. */
  const turnsTaken = (most: number): number => {
    for (let turns = 0; turns < most; turns += 1) {
      const turn = due;
      if (turn === undefined) return turns;
      due = undefined;
      nowMs += turnMs;
      turn();
    }
    return most;
  };
  /** Datagrams, evenly, that come on top of whatever turns are taken meanwhile. */
  const arrive = (perSecond: number, forMs: number): void => {
    const gapMs = 1_000 / perSecond;
    for (let passedMs = 0; passedMs < forMs; passedMs += gapMs) {
      nowMs += gapMs;
      polling.arrived(1);
    }
  };
  return { arrive, turnsTaken, polls: () => due !== undefined };
}

describe('busy polling', () => {
  it('sleeps between datagrams that are few', () => {
    const { arrive, polls } = pollingOn(0.01);
    arrive(2_500, 1_000);
    expect(polls()).toBe(false);
  });

  it('looks for the next one while they come thick, and ends 5 ms after the last', () => {
    const { arrive, polls, turnsTaken } = pollingOn(0.01);
    arrive(4_000, 30);
    expect(polls()).toBe(true);
    const turns = turnsTaken(10_000);
    expect(turns).toBeGreaterThanOrEqual(499);
    expect(turns).toBeLessThanOrEqual(502);
    expect(polls()).toBe(false);
  });

  it('goes on for as long as they come', () => {
    const { arrive, polls, turnsTaken } = pollingOn(0.01);
    arrive(10_000, 30);
    for (let n = 0; n < 200; n += 1) {
      expect(turnsTaken(10)).toBe(10);
      arrive(10_000, 1);
    }
    expect(polls()).toBe(true);
  });

  it('ends when they have become few, though none is waited for longer than that', () => {
    const { arrive, polls, turnsTaken } = pollingOn(0.01);
    arrive(10_000, 30);
    arrive(1_000, 20);
    expect(turnsTaken(10)).toBe(1);
    expect(polls()).toBe(false);
  });

  it('counts a batch as what it holds', () => {
    const turns: (() => void)[] = [];
    let nowMs = 0;
    const polling = new BusyPolling({ nowMs: () => nowMs, nextTurn: (turn) => turns.push(turn) });
    for (let n = 0; n < 5; n += 1) {
      nowMs += 5;
      polling.arrived(30);
    }
    expect(turns).toHaveLength(1);
  });
});
