import type { TimerScheduler } from './timers';
import type { ServerTransaction, Timing } from './transaction';

/** The repetition of a 2xx until its ACK arrives. */
export interface AnswerRetransmission {
  /** The ACK came: stop. */
  acknowledged(): void;
  /** Stop without an ACK: the call ended otherwise. */
  stop(): void;
}

/**
 * Repeats the 2xx that a transaction has just sent, on every transport, at T1 doubling to T2,
 * until the ACK; after 64·T1 it calls `onGiveUp`, where the call answers with BYE (§13.3.1.4).
 */
export function retransmitAnswer(
  _transaction: ServerTransaction,
  _options: {
    readonly timers: TimerScheduler;
    readonly timing?: Partial<Timing> | undefined;
    readonly onGiveUp: () => void;
  },
): AnswerRetransmission {
  throw new Error('follows');
}
