import type { Timer, TimerScheduler } from './timers';
import { DEFAULT_TIMING, type ServerTransaction, type Timing } from './transaction';

/** The repetition of a 2xx until its ACK arrives. */
export interface AnswerRetransmission {
  /** The ACK came, or the call ended otherwise: stop. */
  stop(): void;
}

/**
 * Repeats the 2xx that an INVITE's transaction has just sent, on every transport, at T1 doubling
 * to T2, until stopped; after 64·T1 it calls `onGiveUp`, where the call is ended with BYE
 * (§13.3.1.4). Then, or when it is stopped, the transaction lets go of its messages.
 */
export function retransmitAnswer(
  transaction: ServerTransaction,
  options: {
    readonly timers: TimerScheduler;
    readonly timing?: Partial<Timing> | undefined;
    readonly onGiveUp: () => void;
  },
): AnswerRetransmission {
  const { t1Ms, t2Ms } = { ...DEFAULT_TIMING, ...options.timing };
  let intervalMs = t1Ms;
  let repetition: Timer;
  const repeat = () => {
    transaction.resend();
    intervalMs = Math.min(intervalMs * 2, t2Ms);
    repetition = options.timers.after(intervalMs, repeat);
  };
  repetition = options.timers.after(intervalMs, repeat);
  const end = options.timers.after(64 * t1Ms, () => {
    repetition.cancel();
    transaction.release();
    options.onGiveUp();
  });
  return {
    stop: () => {
      repetition.cancel();
      end.cancel();
      transaction.release();
    },
  };
}
