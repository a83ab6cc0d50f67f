import type { Timing } from './transaction';

/**
 * Timers of RFC 3261 table 4 and RFC 6026; `100` sends Trying, `X` ends an INVITE whose CANCEL
 * brought no final response (§9.1).
 */
export type TimerName =
  | 'A'
  | 'B'
  | 'C'
  | 'D'
  | 'E'
  | 'F'
  | 'G'
  | 'H'
  | 'I'
  | 'J'
  | 'K'
  | 'L'
  | 'M'
  | '100'
  | 'X';

/** What a transition wants done; the transaction's driver does it. */
export type Effect =
  /** Hand the message at hand to the transaction user. */
  | { readonly do: 'pass' }
  /** Send the message at hand and keep it as the last one sent. */
  | { readonly do: 'send' }
  /** Send the last one again. */
  | { readonly do: 'resend' }
  /** Acknowledge the refusal at hand (§17.1.1.3). */
  | { readonly do: 'acknowledge' }
  /** Answer 100. */
  | { readonly do: 'trying' }
  /** Send a CANCEL (timer C ran out). */
  | { readonly do: 'cancel' }
  | { readonly do: 'start'; readonly timer: TimerName }
  | { readonly do: 'stop'; readonly timer: TimerName }
  /** Tell the user that it failed. */
  | { readonly do: 'fail'; readonly failure: 'timeout' | 'transport' };

/** Where a transition leads, and what it does on the way. */
export interface Step<State extends string> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** A response's class, as machines see it. */
export type ResponseEvent = 'trying' | 'provisional' | 'success' | 'refusal';

/** What happens to a server transaction. */
export type ServerEvent =
  | ResponseEvent
  | TimerEvent
  | 'begin'
  | 'retransmission'
  | 'ack'
  | 'transportError';

/** What happens to a client transaction. */
export type ClientEvent = ResponseEvent | TimerEvent | 'begin' | 'cancelSent' | 'transportError';

/** A timer ran out. */
export type TimerEvent = `timer${TimerName}`;

/** One of the four machines: undefined means that the event means nothing in that state. */
export interface Machine<State extends string, Event extends string> {
  readonly initial: State;
  step(state: State, event: Event): Step<State> | undefined;
}

/** 100, 101–199, 2xx or ≥ 300. */
export function responseEvent(status: number): ResponseEvent {
  if (status === 100) return 'trying';
  if (status < 200) return 'provisional';
  return status < 300 ? 'success' : 'refusal';
}

export const PASS: Effect = { do: 'pass' };
export const SEND: Effect = { do: 'send' };
export const RESEND: Effect = { do: 'resend' };
export const ACKNOWLEDGE: Effect = { do: 'acknowledge' };

/** Builds the effect that sets a timer. */
export function start(timer: TimerName): Effect {
  return { do: 'start', timer };
}

/** Builds the effect that stops a timer. */
export function stop(timer: TimerName): Effect {
  return { do: 'stop', timer };
}

/** Builds the effect that reports a failure. */
export function fail(failure: 'timeout' | 'transport'): Effect {
  return { do: 'fail', failure };
}

/** Silence before 100 Trying (§17.2.1). */
const TRYING_AFTER_MS = 200;

/**
 * How long a timer runs; 0 means at once, undefined not at all. On transports that deliver by
 * themselves nothing is repeated (A, E, G) and nothing lingers for repetitions (D, I, J, K).
 */
export function timerMs(
  timer: TimerName,
  context: { readonly timing: Timing; readonly reliable: boolean; readonly attempt: number },
): number | undefined {
  const { timing, reliable, attempt } = context;
  const doubledMs = timing.t1Ms * 2 ** Math.min(attempt, 16);
  switch (timer) {
    case 'A':
      return reliable ? undefined : doubledMs;
    case 'E':
    case 'G':
      return reliable ? undefined : Math.min(doubledMs, timing.t2Ms);
    case 'B':
    case 'F':
    case 'H':
    case 'L':
    case 'M':
    case 'X':
      return 64 * timing.t1Ms;
    case 'D':
    case 'J':
      return reliable ? 0 : 64 * timing.t1Ms;
    case 'I':
    case 'K':
      return reliable ? 0 : timing.t4Ms;
    case 'C':
      return timing.timerCMs;
    case '100':
      return TRYING_AFTER_MS;
  }
}
