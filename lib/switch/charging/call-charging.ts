import type { Clock } from '@/lib/core/clock';
import type { Timer, TimerScheduler, TimerTarget } from '@/lib/protocol/sip/timers';
import type { ChargingGroups } from '@/lib/services/charging/groups';
import type {
  AnswerFacts,
  CallFacts,
  GrantedTime,
  GrantResult,
  LegFacts,
} from '@/lib/services/charging/types';
import { LowFunds, WARN_BEFORE_MS } from './low-funds';
import {
  type ChargingEffect,
  type ChargingEvent,
  type ChargingState,
  chargingStep,
  stopAtMs,
} from './machine';

/** What every call's charging needs; one for all. */
export interface ChargingServices {
  readonly charging: ChargingGroups;
  readonly stack: { readonly timers: TimerScheduler; readonly clock: Clock };
  /** How long before the funds end whoever pays is warned, the longest first; absent: as usual. */
  readonly warnBeforeMs?: readonly number[];
}

/** The call whose money it is. */
export interface ChargedCall {
  readonly callId: string;
  /** For each hop, calls in progress on its buyer's account, this one included. */
  activeCalls(): readonly number[];
  /** What a recoverer needs, once it is answered. */
  answerFacts(): AnswerFacts;
  /** The funds end soon. */
  runningOut(): void;
  /** The granted time is over: close the gate, then say BYE. */
  cutOff(): void;
  /** A renewal or an answer could not be written; the armed stop stays. */
  chargingFailed(error: unknown): void;
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
export class CallCharging implements TimerTarget {
  private readonly services: ChargingServices;
  private readonly call: ChargedCall;
  private readonly maxSeconds: number;
  private state: ChargingState = { kind: 'idle' };
  private facts: CallFacts | undefined;
  private renewTimer: Timer | undefined;
  private stopTimer: Timer | undefined;
  /** Of a call that somebody pays, once its funds come to an end. */
  private lowFunds: LowFunds | undefined;
  /** Of a free call. */
  private noteTimer: Timer | undefined;
  /** What of a free call is on its way to the database; settled after it, or it would stay. */
  private noting: Promise<void> | undefined;
  /** Its answer is to be noted with it. */
  private isAnswerWaiting = false;

  constructor(services: ChargingServices, call: ChargedCall, maxSeconds: number) {
    this.services = services;
    this.call = call;
    this.maxSeconds = maxSeconds;
  }

  /**
   * Reserves the first slice at every hop; at once where there is none. Rejects where the database
   * is away.
   */
  async hold(facts: CallFacts, legs: readonly LegFacts[]): Promise<GrantResult> {
    const { maxSeconds, call } = this;
    const { charging, stack } = this.services;
    this.facts = facts;
    if (facts.hops.length === 0) {
      this.noteTimer = stack.timers.after(NOTE_FREE_CALL_MS, () => this.note(facts, legs));
      const all = { grantedSeconds: maxSeconds, final: true, reachSeconds: maxSeconds };
      this.step({ kind: 'held', ...all });
      return { ok: true, ...all };
    }
    const { callId } = call;
    const activeCalls = call.activeCalls();
    const grant = await charging.hold({ callId, facts, legs, maxSeconds, activeCalls });
    if (grant.ok) this.step({ kind: 'held', ...timeOf(grant) });
    return grant;
  }

  /** The 200 OK went out: time is running. The call is asked for its facts when they are written. */
  answered(atMs: number): void {
    this.step({ kind: 'answered', atMs });
    const { call } = this;
    const { charging } = this.services;
    if (this.noting !== undefined) {
      this.track(this.noting.then(() => charging.answer(call.answerFacts())));
    } else if (this.noteTimer) this.isAnswerWaiting = true;
    else {
      charging.answer(call.answerFacts()).catch((error: unknown) => call.chargingFailed(error));
    }
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
    this.lowFunds?.cancel();
    if (this.state.kind !== 'settled') return { durationMs: 0, ratedSeconds: 0 };
    return { durationMs: this.state.durationMs, ratedSeconds: this.state.ratedSeconds };
  }

  /** Seconds reserved since the answer; what a crash would be settled to at most. */
  get grantedSeconds(): number {
    return 'grantedSeconds' in this.state ? this.state.grantedSeconds : 0;
  }

  /** Most calls are over long before more time is asked for; only then the stop is set. */
  onTimer(): void {
    const { timers, clock } = this.services.stack;
    if (this.state.kind !== 'talking') return;
    const leftMs = Math.max(0, stopAtMs(this.state) - clock.monotonicMs());
    this.stopTimer = timers.after(leftMs, () => this.step({ kind: 'stopDue' }));
    this.step({ kind: 'renewDue' });
  }

  private note(facts: CallFacts, legs: readonly LegFacts[]): void {
    const { call, maxSeconds } = this;
    const { charging } = this.services;
    this.noteTimer = undefined;
    const write = async (): Promise<void> => {
      await charging.hold({ callId: call.callId, facts, legs, maxSeconds, activeCalls: [] });
      if (!this.isAnswerWaiting) return;
      this.isAnswerWaiting = false;
      await charging.answer(call.answerFacts());
    };
    this.track(write());
  }

  /** Nothing of it is kept once it is done: a call may stand for hours. */
  private track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.call.chargingFailed(error))
      .then(() => {
        if (this.noting === tracked) this.noting = undefined;
      });
    this.noting = tracked;
  }

  private step(event: ChargingEvent): void {
    const { state, effects } = chargingStep(this.state, event);
    this.state = state;
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: ChargingEffect): void {
    switch (effect.kind) {
      case 'arm':
        this.arm(effect.renewAtMs);
        return;
      case 'outlook':
        this.lookAhead(effect);
        return;
      case 'renew':
        this.renew();
        return;
      case 'cut':
        this.call.cutOff();
        return;
      case 'settle':
      case 'release':
        // Both are written with the call's other facts, in one transaction: see `end`.
        return;
    }
  }

  private arm(renewAtMs: number): void {
    const { timers, clock } = this.services.stack;
    this.renewTimer?.cancel();
    this.stopTimer?.cancel();
    this.renewTimer = timers.after(Math.max(0, renewAtMs - clock.monotonicMs()), this);
  }

  /** Most calls end long before their funds do, and keep nothing for it. */
  private lookAhead({
    endsAtMs,
    knownUntilMs,
  }: Extract<ChargingEffect, { kind: 'outlook' }>): void {
    const { call } = this;
    const { warnBeforeMs = WARN_BEFORE_MS } = this.services;
    if (this.isFree || warnBeforeMs.length === 0) return;
    const { timers, clock } = this.services.stack;
    const nowMs = clock.monotonicMs();
    const outlook = { leftMs: endsAtMs - nowMs, knownForMs: knownUntilMs - nowMs };
    const isNear = outlook.leftMs - (warnBeforeMs[0] ?? 0) <= outlook.knownForMs;
    if (isNear) this.lowFunds ??= new LowFunds(timers, warnBeforeMs, () => call.runningOut());
    this.lowFunds?.plan(outlook);
  }

  /** Nobody pays: there is nothing to run out of. */
  private get isFree(): boolean {
    return (this.facts?.hops ?? []).every((hop) => hop.rate === null);
  }

  private renew(): void {
    const { call, maxSeconds } = this;
    const { callId } = call;
    const hops = this.facts?.hops ?? [];
    if (this.isFree) {
      this.step({ kind: 'renewFailed' });
      return;
    }
    const activeCalls = call.activeCalls();
    this.services.charging.extend({ callId, hops, maxSeconds, activeCalls }).then(
      (grant) => {
        if (!grant.ok) this.step({ kind: 'renewFailed' });
        else this.step({ kind: 'renewed', ...timeOf(grant) });
      },
      (error: unknown) => {
        call.chargingFailed(error);
        this.step({ kind: 'renewFailed' });
      },
    );
  }
}

function timeOf({ grantedSeconds, final, reachSeconds }: GrantedTime): GrantedTime {
  return { grantedSeconds, final, reachSeconds };
}
