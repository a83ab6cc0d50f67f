import type { Clock } from '@/lib/core/clock';
import type { Timer, TimerScheduler } from '@/lib/protocol/sip/timers';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import type { AnswerFacts, CallFacts, GrantResult, LegFacts } from '@/lib/services/charging/types';
import {
  type ChargingEffect,
  type ChargingEvent,
  type ChargingState,
  chargingStep,
} from './machine';

export interface CallChargingOptions {
  readonly groups: ChargingGroups;
  readonly timers: TimerScheduler;
  readonly clock: Clock;
  readonly callId: string;
  readonly maxSeconds: number;
  /** For each hop, calls in progress on its buyer's account, this one included. */
  readonly activeCalls: () => readonly number[];
  /** The granted time is over: close the gate, then say BYE. */
  readonly onCut: () => void;
  /** A renewal or an answer could not be written; the armed stop stays. */
  readonly onTrouble: (error: unknown) => void;
}

/** What a call comes to in the end. */
export interface ChargingOutcome {
  readonly durationMs: number;
  /** 0 = nobody answered. */
  readonly ratedSeconds: number;
}

/**
 * A call that costs nobody anything has nothing to wait for: it is noted for the recoverer behind
 * its back, and not at all where it is over by then. A crash loses the record of a free call younger
 * than this, and its BYEs.
 */
export const NOTE_FREE_CALL_MS = 2_000;

/** Runs one call's charging machine: turns its effects into holds, timers and the cut. */
export class CallCharging {
  private readonly options: CallChargingOptions;
  private state: ChargingState = { kind: 'idle' };
  private facts: CallFacts | undefined;
  private renewTimer: Timer | undefined;
  private stopTimer: Timer | undefined;
  /** Of a free call. */
  private noteTimer: Timer | undefined;
  /** What of a free call is on its way to the database; settled after it, or it would stay. */
  private noting: Promise<void> | undefined;
  private answerFacts: (() => AnswerFacts) | undefined;

  constructor(options: CallChargingOptions) {
    this.options = options;
  }

  /**
   * Reserves the first slice at every hop; at once where there is none. Rejects where the database
   * is away.
   */
  async hold(facts: CallFacts, legs: readonly LegFacts[]): Promise<GrantResult> {
    const { groups, callId, maxSeconds, activeCalls } = this.options;
    this.facts = facts;
    if (facts.hops.length === 0) {
      this.noteTimer = this.options.timers.after(NOTE_FREE_CALL_MS, () => this.note(facts, legs));
      this.step({ kind: 'held', grantedSeconds: maxSeconds, final: true });
      return { ok: true, grantedSeconds: maxSeconds, final: true };
    }
    const grant = await groups.hold({
      callId,
      facts,
      legs,
      maxSeconds,
      activeCalls: activeCalls(),
    });
    if (grant.ok) {
      this.step({ kind: 'held', grantedSeconds: grant.grantedSeconds, final: grant.final });
    }
    return grant;
  }

  /** The 200 OK went out: time is running. `facts` are asked for when they are written. */
  answered(atMs: number, facts: () => AnswerFacts): void {
    this.step({ kind: 'answered', atMs });
    const { groups, onTrouble } = this.options;
    if (this.noting !== undefined)
      this.noting = this.noting.then(() => groups.answer(facts())).catch(onTrouble);
    else if (this.noteTimer) this.answerFacts = facts;
    else groups.answer(facts()).catch(onTrouble);
  }

  /** Resolves when all that was said of the call so far is written. */
  async written(): Promise<void> {
    await this.noting;
  }

  /** The call is over, for whatever reason; the same outcome however often it is asked. */
  end(atMs: number): ChargingOutcome {
    this.step({ kind: 'ended', atMs });
    this.renewTimer?.cancel();
    this.stopTimer?.cancel();
    this.noteTimer?.cancel();
    if (this.state.kind !== 'settled') return { durationMs: 0, ratedSeconds: 0 };
    return { durationMs: this.state.durationMs, ratedSeconds: this.state.ratedSeconds };
  }

  /** Seconds reserved since the answer; what a crash would be settled to at most. */
  get grantedSeconds(): number {
    return 'grantedSeconds' in this.state ? this.state.grantedSeconds : 0;
  }

  private note(facts: CallFacts, legs: readonly LegFacts[]): void {
    const { groups, callId, maxSeconds, onTrouble } = this.options;
    const write = async (): Promise<void> => {
      await groups.hold({ callId, facts, legs, maxSeconds, activeCalls: [] });
      const { answerFacts } = this;
      this.answerFacts = undefined;
      if (answerFacts) await groups.answer(answerFacts());
    };
    this.noting = write().catch(onTrouble);
  }

  private step(event: ChargingEvent): void {
    const { state, effects } = chargingStep(this.state, event);
    this.state = state;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: ChargingEffect): void {
    switch (effect.kind) {
      case 'arm':
        this.arm(effect.renewAtMs, effect.stopAtMs);
        return;
      case 'renew':
        this.renew();
        return;
      case 'cut':
        this.options.onCut();
        return;
      case 'settle':
      case 'release':
        // Both are written with the call's other facts, in one transaction: see `end`.
        return;
    }
  }

  private arm(renewAtMs: number, stopAtMs: number): void {
    const { timers, clock } = this.options;
    const nowMs = clock.monotonicMs();
    this.renewTimer?.cancel();
    this.stopTimer?.cancel();
    // The stop is set when more time is asked for: most calls are over long before either.
    this.renewTimer = timers.after(Math.max(0, renewAtMs - nowMs), () => {
      const leftMs = Math.max(0, stopAtMs - clock.monotonicMs());
      this.stopTimer = timers.after(leftMs, () => this.step({ kind: 'stopDue' }));
      this.step({ kind: 'renewDue' });
    });
  }

  private renew(): void {
    const { groups, callId, maxSeconds, activeCalls, onTrouble } = this.options;
    const hops = this.facts?.hops ?? [];
    if (hops.every((hop) => hop.rate === null)) {
      this.step({ kind: 'renewFailed' });
      return;
    }
    groups.extend({ callId, hops, maxSeconds, activeCalls: activeCalls() }).then(
      (grant) => {
        if (!grant.ok) this.step({ kind: 'renewFailed' });
        else {
          this.step({
            kind: 'renewed',
            grantedSeconds: grant.grantedSeconds,
            final: grant.final,
          });
        }
      },
      (error: unknown) => {
        onTrouble(error);
        this.step({ kind: 'renewFailed' });
      },
    );
  }
}
