import type { SipRequest } from '@/lib/protocol/sip/message';
import type { OfferTurn } from '@/lib/protocol/sip/offer-turn';
import { type AnswerRetransmission, retransmitAnswer } from '@/lib/protocol/sip/retransmit-answer';
import type { TimerScheduler } from '@/lib/protocol/sip/timers';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { sdpOf } from './sdp-body';

/** What the ACK of a 2xx with our offer brings; null where it brings nothing, or never comes. */
export type OnLateAnswer = (sdp: Buffer | null) => void;

/** The 2xx of a leg that waits for its ACK (§13.3.1.4), and our offer in it for its answer. */
export class RepeatedAnswer {
  private readonly timers: TimerScheduler;
  private readonly turn: OfferTurn;
  private readonly onGiveUp: () => void;
  private repeating:
    | { readonly sequence: number; readonly answer: AnswerRetransmission }
    | undefined;
  private onLateAnswer: OnLateAnswer | undefined;

  constructor(options: {
    readonly timers: TimerScheduler;
    readonly turn: OfferTurn;
    /** 64·T1 have passed without an ACK. */
    readonly onGiveUp: () => void;
  }) {
    this.timers = options.timers;
    this.turn = options.turn;
    this.onGiveUp = options.onGiveUp;
  }

  /** Whether the ACK has not come yet. */
  get isOpen(): boolean {
    return this.repeating !== undefined;
  }

  /** A 2xx has just been sent, with our offer where `onLateAnswer` is given. */
  begin(transaction: ServerTransaction, onLateAnswer?: OnLateAnswer): void {
    this.repeating?.answer.stop();
    if (onLateAnswer) {
      this.turn.offered();
      this.onLateAnswer = onLateAnswer;
    }
    const answer = retransmitAnswer(transaction, {
      timers: this.timers,
      onGiveUp: () => {
        this.repeating = undefined;
        this.onGiveUp();
      },
    });
    this.repeating = { sequence: transaction.request.cseq.sequence, answer };
  }

  /** An ACK came: false where it is of another INVITE, or was here before. */
  acknowledge(ack: SipRequest): boolean {
    if (this.repeating?.sequence !== ack.cseq.sequence) return false;
    this.stop();
    this.tell(sdpOf(ack));
    return true;
  }

  /** Nobody waits for the answer to our offer any more. */
  forsakeOffer(): void {
    this.tell(null);
  }

  stop(): void {
    this.repeating?.answer.stop();
    this.repeating = undefined;
  }

  private tell(sdp: Buffer | null): void {
    const { onLateAnswer } = this;
    if (!onLateAnswer) return;
    this.onLateAnswer = undefined;
    this.turn.answered();
    onLateAnswer(sdp);
  }
}
