import { appended } from '@/lib/core/appended';
import { trunkCounts } from '@/lib/core/call-plan/limit-checks';
import type { CallerId, PlannedAttempt, PlannedBuy } from '@/lib/core/call-plan/plan';
import type { AppError } from '@/lib/core/errors';
import type { Uuid } from '@/lib/core/ids';
import type {
  AnswerFacts,
  CallFacts,
  CallLink,
  HungUpBy,
  LegFacts,
} from '@/lib/services/charging/types';
import { CallCharging, type ChargedCall } from '@/lib/switch/charging/call-charging';
import { answerFor, type CallerAnswer } from './answer-for';
import { answerFactsOf, hopAsSeen } from './call-facts';
import type { CallMedia } from './call-media';
import { type EndOfCall, holdFor, noteAnswer, recordEnd } from './call-record';
import { type CallEnding, type CallPhase, type CallStart, NOBODY } from './call-start';
import type { CalleeFailure, CalleeLeg } from './callee-leg';
import type { Conversation, ConversationEnd } from './conversation';
import type { CallEnvironment } from './environment';
import type { ForwardStep } from './forwarding';
import type { HangUpCause, Leg } from './leg';
import { momentAfter } from './leg-record';
import type { CallingParty, ProgressStatus } from './party';
import { type Provenance, provenanceOfTalk } from './provenance';
import { explainRefusalOf } from './refusal-voice';
import { ELSEWHERE, refusalHeaders, relayedStatus, SIP_REFUSALS } from './refusals';
import type { Ringer } from './ringer';
import type { Entered } from './usage';

/**
 * One call: the caller's leg, the legs that were tried for it, its media and its money. It offers
 * verbs to an application (call/dial.ts) and sees to it that the end is written exactly once.
 */
export class Call implements ChargedCall {
  readonly callId: Uuid;
  readonly caller: CallingParty;
  /** Whom the call shows as its caller. */
  readonly shown: CallerId;
  facts: CallFacts;
  conversation: Conversation;
  readonly history: readonly ForwardStep[];
  provenance: Provenance;
  readonly environment: CallEnvironment;
  private readonly charging: CallCharging;
  /** What it was counted in at. */
  private readonly entered: Entered;
  /** What it is to try; nothing any more once it is answered. */
  planned: readonly PlannedAttempt[];
  /** Nobody answered, or the call was refused: told before its end. */
  onFailed: ((failure: CalleeFailure) => void) | undefined;
  /** It has ended, while it rang somewhere: told to whoever rings. */
  onOver: (() => void) | undefined;
  /** What it was counted in at for the trunk that is being tried. */
  private enteredTrunk: Entered | undefined;
  private legs: readonly CalleeLeg[] = NOBODY;
  /** What rings just now, for whoever would take the call in its place. */
  ringer: Ringer | undefined;
  /** Who answered: one of its legs, or whoever picked it up. */
  private winner: Leg | undefined;
  /** The trunk that is tried, or that the answer came by; of an extension nothing need be kept. */
  private trunk: Extract<PlannedAttempt, { kind: 'trunk' }> | undefined;
  private attempts = 0;
  /** After its start, like the next. */
  private ringingAfterMs: number | null = null;
  private answeredAfterMs: number | null = null;
  private endedAtMs: number | null = null;
  private over = false;
  /** Own legs that left the conversation while it went on. */
  private left: readonly Leg[] = NOBODY;
  /** The reservation under way: a call that ends meanwhile is settled after it, or it would stay. */
  private holding: Promise<unknown> | undefined;

  constructor(environment: CallEnvironment, start: CallStart) {
    this.environment = environment;
    this.callId = start.callId;
    this.caller = start.caller;
    this.planned = start.plan.attempts;
    this.shown = start.plan.callerId;
    this.facts = start.facts;
    this.history = start.history;
    this.provenance = start.provenance;
    this.entered = start.entered;
    this.charging = new CallCharging(environment, this, start.plan.maxSeconds);
    this.conversation = start.conversation;
    this.conversation.join(this);
  }

  get media(): CallMedia {
    return this.conversation.media;
  }

  get phase(): CallPhase {
    if (this.over) return 'over';
    if (this.answeredAfterMs !== null) return 'talking';
    return this.ringingAfterMs === null ? 'dialling' : 'ringing';
  }

  get isOver(): boolean {
    return this.over;
  }

  get answeredAt(): number | null {
    return momentAfter(this.facts.startedAtMs, this.answeredAfterMs);
  }

  get endedAt(): number | null {
    return this.endedAtMs;
  }

  get ringingAt(): number | null {
    return momentAfter(this.facts.startedAtMs, this.ringingAfterMs);
  }

  /** The trunk that is being tried or talked over. */
  get trunkId(): string | null {
    return this.trunk?.trunkId ?? null;
  }

  /** Itself as far as those need it who follow its dialogs. */
  followed(): { callId: string; facts: CallFacts; legs: readonly LegFacts[] } {
    return { callId: this.callId, facts: this.facts, legs: this.legFacts() };
  }

  /** Reserves the first slice at every hop; a refusal ends the call and is told to the caller. */
  async reserve(): Promise<boolean> {
    const held = holdFor(this, this.charging);
    this.holding = held;
    const grant = await held;
    this.holding = undefined;
    if (grant.ok) return !this.over;
    await explainRefusalOf(this, grant.refusal);
    if (!this.over) this.refuse(grant.refusal);
    return false;
  }

  activeCalls(): readonly number[] {
    return this.environment.usage.callsOn(this.facts.hops);
  }

  runningOut(): void {
    void this.conversation.sounds.warn(this.caller.leg);
  }

  cutOff(): void {
    this.conversation.end({ leg: null, q850: 21 });
  }

  chargingFailed(error: unknown): void {
    this.environment.stack.log.error('call.charging', { callId: this.callId, error });
  }

  /** Begins an attempt: its legs are added with `addLeg`. */
  beginAttempt(attempt: PlannedAttempt): void {
    this.trunk = attempt.kind === 'trunk' ? attempt : undefined;
    this.leaveTrunk();
    if (attempt.kind === 'trunk') {
      this.enteredTrunk = this.environment.usage.enter(trunkCounts(attempt.trunkId));
    }
    this.attempts += 1;
  }

  /** 0 is the caller's; attempts follow in order. */
  nextSeq(): number {
    return this.legs.length + 1;
  }

  addLeg(leg: CalleeLeg): void {
    this.legs = appended(this.legs, leg);
    leg.listener = this.conversation;
  }

  /** Tells the caller that it rings, with early media where the far side sends some. */
  async ringing(leg: CalleeLeg, status: number, sdp: Buffer | null): Promise<void> {
    if (this.over || this.winner) return;
    this.markRinging();
    if (!sdp) {
      if (status === 180) this.caller.progress(180, null);
      return;
    }
    if (this.caller.leg.isTalking) {
      await this.media.preview(leg, this.caller.leg, sdp);
      this.caller.progress(183, null);
      return;
    }
    const early = await this.media.answer(leg, this.caller.leg, sdp);
    if (this.over || this.winner) return;
    this.conversation.early = leg;
    this.caller.progress(183, early);
  }

  /** Connects the caller with the leg that answered first. False: it was too late. */
  async answered(leg: CalleeLeg, sdp: Buffer): Promise<boolean> {
    if (this.over || this.winner) {
      leg.hangUp(ELSEWHERE);
      return false;
    }
    this.winner = leg;
    const { media, caller } = this;
    const { early } = this.conversation;
    const answer = await answerFor({ media, caller, leg, sdp, early }).catch((error: unknown) => {
      if (this.over) return null;
      // Its answer is of no use; another attempt may still have one that is.
      this.winner = undefined;
      throw error;
    });
    return answer !== null && this.connect(leg, answer);
  }

  /** Connects the caller with whoever picked the call up. False: it was too late. */
  takenBy(leg: Leg, sdp: Buffer): boolean {
    if (this.over || this.winner) return false;
    this.winner = leg;
    return this.connect(leg, { sdp });
  }

  /**
   * Whether the extension on a side has a phone in this call: not one that called in another call's
   * place, was forwarded or had its call picked up, nor one that transferred and left.
   */
  isWith(side: 'from' | 'to'): boolean {
    if (side === 'from') return this.caller.isOwn && !this.left.includes(this.caller.leg);
    if (this.answeredAfterMs === null) return true;
    const { winner } = this;
    return winner !== undefined && winner !== this.picker && !this.left.includes(winner);
  }

  /** A linked call made for this one's caller tells how it goes. */
  linkProgressed(status: ProgressStatus, sdp: Buffer | null): void {
    if (this.over || this.answeredAfterMs !== null) return;
    if (status !== 181) this.markRinging();
    this.caller.progress(status, sdp);
  }

  /** A linked call made for this one's caller was answered. False: too late, the caller is gone. */
  linkAnswered(sdp: Buffer, onLateAnswer?: (sdp: Buffer | null) => void): boolean {
    if (this.over || this.answeredAfterMs !== null) return false;
    const answeredMonotonicMs = this.environment.stack.clock.monotonicMs();
    if (!this.caller.answer(sdp, onLateAnswer)) return false;
    this.talking(answeredMonotonicMs);
    return true;
  }

  /** Nobody answered: the caller hears what the last attempt said. */
  fail(failure: CalleeFailure): void {
    this.onFailed?.(failure);
    const status = relayedStatus(failure.status);
    const reason = status === failure.status ? failure.reason : undefined;
    this.caller.refuse(
      { status, q850: failure.q850, ...(reason === undefined ? {} : { reason }) },
      { reason: `Q.850;cause=${failure.q850}` },
    );
    this.end({ by: 'callee', status, q850: failure.q850 });
  }

  /** We refuse the call ourselves, with the reason in words. */
  refuse(error: AppError): void {
    const hopAccountId = error.meta.hop ?? null;
    const sip = SIP_REFUSALS[error.code];
    this.onFailed?.(sip);
    this.caller.refuse(sip, refusalHeaders(error.code, hopAsSeen(this.facts, hopAccountId)));
    this.end({
      by: 'switch',
      status: sip.status,
      q850: sip.q850,
      refusal: { code: error.code, hopAccountId, text: error.message },
    });
  }

  /** Ends the call and its conversation from our side: an operator, a drain, a lost flow. */
  hangUp(cause: HangUpCause): void {
    this.conversation.end({ leg: null, q850: cause.q850 });
  }

  /** The conversation that the call is part of is over, and so is the call. */
  conversationOver({ leg, q850 }: ConversationEnd): void {
    const answered = this.answeredAfterMs !== null;
    if (leg === null) this.end({ by: 'switch', status: answered ? 200 : 480, q850 });
    else this.end({ by: this.sideOf(leg), status: answered ? 200 : 487, q850 });
  }

  /** Whether a leg lives and ends with this call: the caller's, or whoever answered. */
  owns(leg: Leg): boolean {
    return leg === this.winner || (this.caller.isOwn && leg === this.caller.leg);
  }

  /** A leg left the conversation; a call of which nobody is left is over. */
  partyLeft(leg: Leg): void {
    if (!this.owns(leg)) return;
    this.left = appended(this.left, leg);
    const own = [this.caller.isOwn ? this.caller.leg : undefined, this.winner];
    const goesOn = own.some((each) => each && !each.isEnded && !this.left.includes(each));
    if (goesOn) this.environment.events.left(this);
    else this.end({ by: this.sideOf(leg), status: 200, q850: 16 });
  }

  /** From now on it is part of another conversation, and so are its legs. */
  moveTo(conversation: Conversation): void {
    this.conversation = conversation;
    if (this.caller.isOwn) this.caller.leg.listener = conversation;
    for (const leg of this.legs) leg.listener = conversation;
  }

  /** It continues another call, by an attended transfer; its record says so, after a crash too. */
  linkTo(link: CallLink): void {
    if (this.facts.link) return;
    this.facts = { ...this.facts, link };
    if (this.answeredAfterMs !== null && !this.over)
      noteAnswer(this.environment, { ...this.answerFacts(), link });
  }

  private connect(leg: Leg, answer: CallerAnswer): boolean {
    if (this.over) return false;
    this.media.gate('open');
    if (!this.linkAnswered(answer.sdp, answer.onLateAnswer)) return false;
    this.conversation.connect(this.caller.leg, leg);
    this.caller.connected?.(leg);
    return true;
  }

  /** Who answered without having been rung. */
  private get picker(): Leg | null {
    const { winner } = this;
    return winner && !this.legs.some((leg) => leg === winner) ? winner : null;
  }

  /** All legs, that of who picked the call up the last of them: it is another call's as well. */
  private legFacts(): LegFacts[] {
    const legs = [this.caller, ...this.legs].map((leg) => leg.facts());
    return this.picker ? [...legs, { ...this.picker.facts(), seq: this.nextSeq() }] : legs;
  }

  private markRinging(): void {
    if (this.ringingAfterMs !== null) return;
    this.ringingAfterMs = this.environment.stack.clock.nowMs() - this.facts.startedAtMs;
    this.environment.events.ringing(this);
  }

  /** Time is running: what a recoverer needs is written down. */
  private talking(answeredMonotonicMs: number): void {
    const { stack, events } = this.environment;
    this.answeredAfterMs = stack.clock.nowMs() - this.facts.startedAtMs;
    // A call that lasts shall not keep what led to it.
    this.planned = NOBODY;
    this.provenance = provenanceOfTalk(this.provenance);
    this.charging.answered(answeredMonotonicMs);
    events.answered(this);
  }

  /** What a recoverer needs, as it stands now: made when it is written, which few calls live to see. */
  answerFacts(): AnswerFacts {
    const { attempts, winner } = this;
    return answerFactsOf(this, { attempts, winner, buy: this.buy(), legs: this.legFacts() });
  }

  /** On which side of this call a leg is: its own, or one that took the place of who left. */
  private sideOf(leg: Leg): HungUpBy {
    if (leg === this.caller.leg) return 'caller';
    if (leg === this.winner) return 'callee';
    return this.left.includes(this.caller.leg) ? 'caller' : 'callee';
  }

  private end(ending: CallEnding): void {
    if (this.over) return;
    this.over = true;
    const { stack, calls, usage, events } = this.environment;
    this.endedAtMs = stack.clock.nowMs();
    const outcome = this.charging.end(stack.clock.monotonicMs());
    const media = this.conversation.leave(this);
    const cause = { q850: ending.q850 ?? 16, text: ending.by ?? 'ended' };
    // Whoever left before is hung up on by who made it leave, in its own time.
    if (!this.left.includes(this.caller.leg)) this.caller.hangUp(cause);
    for (const leg of this.legs) if (!this.left.includes(leg)) leg.hangUp(cause);
    // An INVITE's transaction keeps its leg for 32 s more; the leg shall not keep the call.
    for (const leg of this.legs) if (leg.isEnded) leg.listener = undefined;
    calls.delete(this.callId);
    usage.leave(this.entered);
    this.leaveTrunk();
    events.over(this);
    this.onOver?.();
    const { callId } = this;
    this.write({ ending, outcome, figures: media }).catch((error: unknown) => {
      stack.log.error('call.settle', { callId, error });
    });
  }

  private leaveTrunk(): void {
    if (this.enteredTrunk) this.environment.usage.leave(this.enteredTrunk);
    this.enteredTrunk = undefined;
  }

  private async write(end: EndOfCall): Promise<void> {
    await this.holding;
    await this.charging.written();
    const { legs, attempts, picker } = this;
    const buy = this.answeredAfterMs === null ? null : this.buy();
    return recordEnd(this, { ...end, legs, attempts, buy, picker });
  }

  private buy(): PlannedBuy | null {
    return this.trunk?.buy ?? null;
  }
}
