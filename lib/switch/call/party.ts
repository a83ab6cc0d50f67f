import type { LegFacts, LegResult } from '@/lib/services/charging/types';
import type { HangUpCause, Leg } from './leg';
import type { OnLateAnswer } from './repeated-answer';

/** What is told of the far side while it is not answered: 180, 181, 182 or 183. */
export type ProgressStatus = 180 | 181 | 182 | 183;

/** A final answer other than 2xx. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly q850: number | null;
}

/**
 * On whose behalf a call dials: the leg of whoever called, or a party of another call's
 * conversation that is forwarded or transferred. The call tells it how things go and neither knows
 * nor cares which it is.
 */
export interface CallingParty {
  /** The leg that will talk to whoever answers. */
  readonly leg: Leg;
  /** Whether the leg lives and ends with the call that dials, rather than with another. */
  readonly isOwn: boolean;
  /**
   * What it offers: the SDP that called legs are offered, media rewritten. Null where it wants them
   * to offer (an INVITE without SDP).
   */
  readonly offer: Buffer | null;
  /** As received; a B2BUA sends one less (facts: loops). */
  readonly maxForwards: number;
  /** It called by a sips URI: nobody is reached but by TLS (RFC 3261 §26.2.2, RFC 5630). */
  readonly needsTls: boolean;
  /** Tells that it rings, is forwarded, or has early media. */
  progress(status: ProgressStatus, sdp: Buffer | null): void;
  /** Whether it wants the callee to offer, and takes that before the answer (`offerEarly`). */
  readonly takesEarlyOffer?: boolean;
  /** It was offered something before the answer: nobody else can take the place of who offered. */
  readonly hasEarlySession?: boolean;
  /**
   * Hands on what a callee offers before its answer; `onAnswer` once, null where it answers nothing.
   * False: too late.
   */
  offerEarly?(status: ProgressStatus, sdp: Buffer, onAnswer: OnLateAnswer): boolean;
  /** Resolves when it may be answered, where that can't be done at any time. */
  readyToAnswer?(): Promise<void>;
  /**
   * Somebody answered with this SDP (made for this leg). False: too late, it is gone. With
   * `onLateAnswer` the SDP is an offer, and what it answers is told there: null where it does not.
   */
  answer(sdp: Buffer, onLateAnswer?: OnLateAnswer): boolean;
  /** It is connected with who answered; what has to be told of that is told now. */
  connected?(leg: Leg): void;
  /** Nobody will answer. */
  refuse(refusal: Refusal, headers?: Readonly<Record<string, string>>): void;
  /** The call is over. */
  hangUp(cause: HangUpCause): void;
  /** The leg as the call's record has it, place 0. */
  facts(): LegFacts;
  result(codec: string | null): LegResult;
}
