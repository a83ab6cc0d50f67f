import { settledSeconds } from '@/lib/core/duration';
import { unreachable } from '@/lib/core/errors';
import type { GrantedTime } from '@/lib/services/charging/types';

/** More time is asked for this long before the granted time ends (facts: cut-off, ≥ 5 s). */
export const RENEW_GUARD_MS = 8_000;

/**
 * What a call's money is doing. Times are milliseconds of the monotonic clock; `grantedSeconds`
 * counts from the answer and is what every hop has reserved.
 */
export type ChargingState =
  | { readonly kind: 'idle' }
  | ({ readonly kind: 'held' } & GrantedTime)
  | {
      readonly kind: 'talking';
      readonly answeredMs: number;
      readonly grantedSeconds: number;
      readonly final: boolean;
      readonly renewing: boolean;
    }
  | { readonly kind: 'settled'; readonly ratedSeconds: number; readonly durationMs: number }
  | { readonly kind: 'released' };

export type ChargingEvent =
  | ({ readonly kind: 'held' } & GrantedTime)
  | { readonly kind: 'answered'; readonly atMs: number }
  | { readonly kind: 'renewDue' }
  | ({ readonly kind: 'renewed' } & GrantedTime)
  | { readonly kind: 'renewFailed' }
  | { readonly kind: 'stopDue' }
  | { readonly kind: 'ended'; readonly atMs: number };

/**
 * What must happen now, in this order. `cut` means: close the media gate first, because that is the
 * guarantee, then send the BYEs.
 */
export type ChargingEffect =
  | { readonly kind: 'arm'; readonly renewAtMs: number }
  /** When the funds end, as far as is known; it is looked at again then, or, for the last grant, never. */
  | { readonly kind: 'outlook'; readonly endsAtMs: number; readonly knownUntilMs: number }
  | { readonly kind: 'renew'; readonly grantedSeconds: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'settle'; readonly ratedSeconds: number; readonly durationMs: number }
  | { readonly kind: 'release' };

export interface ChargingStep {
  readonly state: ChargingState;
  readonly effects: readonly ChargingEffect[];
}

const NOTHING: readonly ChargingEffect[] = [];

/** The whole machine: idle → held → talking → settled, or released where nobody answered. Pure. */
export function chargingStep(state: ChargingState, event: ChargingEvent): ChargingStep {
  switch (event.kind) {
    case 'held':
      if (state.kind !== 'idle') return stay(state);
      return {
        state: event,
        effects: NOTHING,
      };
    case 'answered':
      if (state.kind !== 'held') return stay(state);
      return talk(event.atMs, state);
    case 'renewDue':
      // A final grant is asked about once more too: a top-up may have come in.
      if (state.kind !== 'talking' || state.renewing) return stay(state);
      return {
        state: { ...state, renewing: true },
        effects: [{ kind: 'renew', grantedSeconds: state.grantedSeconds }],
      };
    case 'renewed':
      if (state.kind !== 'talking') return stay(state);
      if (event.grantedSeconds <= state.grantedSeconds) return noMore(state);
      return talk(state.answeredMs, event);
    case 'renewFailed':
      // The stop is still armed at the last granted second.
      return state.kind === 'talking' ? noMore(state) : stay(state);
    case 'stopDue':
      if (state.kind !== 'talking') return stay(state);
      return cut(settle(state, stopAtMs(state)));
    case 'ended':
      return end(state, event.atMs);
    default:
      return unreachable(event);
  }
}

/** When the granted time is over. */
export function stopAtMs(state: Extract<ChargingState, { kind: 'talking' }>): number {
  return state.answeredMs + state.grantedSeconds * 1000;
}

function stay(state: ChargingState): ChargingStep {
  return { state, effects: NOTHING };
}

function talk(
  answeredMs: number,
  { grantedSeconds, final, reachSeconds }: GrantedTime,
): ChargingStep {
  const state = { kind: 'talking', answeredMs, grantedSeconds, final, renewing: false } as const;
  const renewAtMs = stopAtMs(state) - RENEW_GUARD_MS;
  const endsAtMs = answeredMs + reachSeconds * 1000;
  const knownUntilMs = final ? Number.POSITIVE_INFINITY : renewAtMs;
  return {
    state,
    effects: [
      { kind: 'arm', renewAtMs },
      { kind: 'outlook', endsAtMs, knownUntilMs },
    ],
  };
}

/** What is granted stays granted, and the stop armed; whoever did not know that it is the last learns it. */
function noMore(state: Extract<ChargingState, { kind: 'talking' }>): ChargingStep {
  const next = { ...state, renewing: false, final: true };
  const endsAtMs = stopAtMs(state);
  const knownUntilMs = Number.POSITIVE_INFINITY;
  return {
    state: next,
    effects: state.final ? NOTHING : [{ kind: 'outlook', endsAtMs, knownUntilMs }],
  };
}

function cut(step: ChargingStep): ChargingStep {
  return { state: step.state, effects: [{ kind: 'cut' }, ...step.effects] };
}

function end(state: ChargingState, atMs: number): ChargingStep {
  switch (state.kind) {
    case 'idle':
    case 'held':
      return { state: { kind: 'released' }, effects: [{ kind: 'release' }] };
    case 'talking':
      return settle(state, atMs);
    case 'settled':
    case 'released':
      return stay(state);
    default:
      return unreachable(state);
  }
}

/** Never more than was granted: a timer that fires late costs the customer nothing. */
function settle(state: Extract<ChargingState, { kind: 'talking' }>, atMs: number): ChargingStep {
  const durationMs = Math.max(0, Math.round(atMs - state.answeredMs));
  const seconds = settledSeconds(durationMs, state.grantedSeconds);
  return {
    state: { kind: 'settled', ratedSeconds: seconds, durationMs },
    effects: [{ kind: 'settle', ratedSeconds: seconds, durationMs }],
  };
}
