import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { OnLateAnswer } from './repeated-answer';

/** How a leg answers for a new offer of its peer. */
export interface ReofferAnswers {
  /** 2xx with our answer. */
  accept(sdp: Buffer): void;
  /** 2xx with our offer; its answer comes with the ACK, null where none does. */
  offer(sdp: Buffer, onAnswer: OnLateAnswer): void;
  refuse(status: number, reason?: string): void;
}

/**
 * A re-INVITE or UPDATE of the peer that waits for what the other side says. It is answered once;
 * what comes later does nothing.
 */
export class Reoffer {
  readonly transaction: ServerTransaction;
  /** The offer; null where the peer asks us to offer (a re-INVITE without SDP). */
  readonly sdp: Buffer | null;
  /** The peer gave up; the 487 is sent. Set it to stop what was begun for it. */
  onCancelled: (() => void) | undefined;
  private readonly answers: ReofferAnswers;
  private isDone = false;

  constructor(transaction: ServerTransaction, sdp: Buffer | null, answers: ReofferAnswers) {
    this.transaction = transaction;
    this.sdp = sdp;
    this.answers = answers;
    transaction.onCancel = () => {
      this.refuse(487);
      this.onCancelled?.();
    };
  }

  get request(): SipRequest {
    return this.transaction.request;
  }

  get isOpen(): boolean {
    return !this.isDone;
  }

  /** Yes, with the answer to its offer. */
  accept(sdp: Buffer): void {
    if (this.finish()) this.answers.accept(sdp);
  }

  /**
   * Yes, with an offer of ours (a re-INVITE without SDP): `onAnswer` once, with what the ACK brings;
   * null where it brings nothing, or nobody waits any more.
   */
  offer(sdp: Buffer, onAnswer: OnLateAnswer): void {
    if (this.finish()) this.answers.offer(sdp, onAnswer);
    else onAnswer(null);
  }

  /** No: the session stays as it was (§14.2). */
  refuse(status: number, reason?: string): void {
    if (this.finish()) this.answers.refuse(status, reason);
  }

  private finish(): boolean {
    if (this.isDone) return false;
    this.isDone = true;
    return true;
  }
}
