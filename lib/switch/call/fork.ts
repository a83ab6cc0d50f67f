import type { PlannedAttempt } from '@/lib/core/call-plan/plan';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { MediaSecurity } from '@/lib/services/configuration/types';
import { isFlowFailure, type PhoneTarget } from '@/lib/switch/registrar/reach';
import type { Call } from './call';
import { type CalleeFailure, CalleeLeg, type CalleeListener } from './callee-leg';
import type { ChallengeAnswer } from './challenge-answer';
import { handEarlyOffer } from './early-offer';
import { introduceCaller } from './introduce-caller';
import type { HangUpCause, Leg } from './leg';
import { protectionOf } from './media-protection';
import { ELSEWHERE } from './refusals';
import type { Ringer } from './ringer';

const NOBODY: CalleeFailure = { status: 480, reason: 'Temporarily Unavailable', q850: 20 };
const NO_ANSWER: CalleeFailure = { status: 480, reason: 'No Answer', q850: 19 };
const BAD_MEDIA: CalleeFailure = { status: 488, reason: 'Not Acceptable Here', q850: 88 };

/** What became of ringing. */
export type Outcome =
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'failed';
      readonly failure: CalleeFailure;
      /** Whether any of the branches rang: nobody answers, rather than nobody is there. */
      readonly hasRung: boolean;
    };

/** Nobody answered. */
export function failed(failure: CalleeFailure, hasRung = false): Outcome {
  return { kind: 'failed', failure, hasRung };
}

/** One way to one contact. */
export interface Branch {
  readonly uri: string;
  readonly flow: Flow;
  readonly to: string;
  /** Route values (RFC 3327). */
  readonly routes: readonly string[];
  /** Other flows to the same phone, for when this one fails (RFC 5626 §5.3). */
  readonly alternatives: readonly PhoneTarget[];
  readonly authenticate?: ChallengeAnswer | undefined;
  /** Voices that the trunk may be offered; empty = all. */
  readonly codecs?: readonly string[];
  /** As its flow suggests unless given. */
  readonly mediaSecurity?: MediaSecurity;
}

/** What is rung at once, and for how long. */
export interface Ringing {
  readonly attempt: PlannedAttempt;
  readonly branches: readonly Branch[];
  readonly limitMs: number;
}

/** Rings all branches at once; the first answer wins, the best refusal is what is heard. */
export async function ringAt(call: Call, ringing: Ringing): Promise<Outcome> {
  const offers = await Promise.all(ringing.branches.map((branch) => offerOn(call, branch)));
  if (call.isOver) return failed(NOBODY);
  return await new Promise<Outcome>((resolve) => new Fork(call, ringing, resolve).ring(offers));
}

/** A branch with the leg and the SDP that it is rung with. */
interface Offer {
  readonly branch: Branch;
  readonly legId: Uuid;
  /** Null where the caller wants the callee to offer. */
  readonly sdp: Buffer | null;
}

async function offerOn(call: Call, branch: Branch): Promise<Offer> {
  const legId = newId(call.environment.stack.clock.nowMs());
  const { leg, offer } = call.caller;
  const { trunkId } = leg.identity;
  const from = trunkId === null ? undefined : call.environment.directory.trunkById(trunkId);
  const codecs = { from: from?.codecs ?? [], to: branch.codecs ?? [] };
  const protection = protectionOf(branch.mediaSecurity ?? 'auto', branch.flow);
  const sdp = offer && (await call.media.offerTo(legId, { leg, offer }, { codecs, protection }));
  return { branch, legId, sdp };
}

/** The phones, or the place of a trunk, that ring at once for a call. */
class Fork implements Ringer {
  readonly attempt: PlannedAttempt;
  private readonly call: Call;
  private readonly resolve: (outcome: Outcome) => void;
  private readonly limit: Timer;
  private readonly ringing = new Set<CalleeLeg>();
  private best: CalleeFailure | undefined;
  private hasRung = false;
  /** Nobody is rung any more: one answered, or all were given up. */
  private stopped = false;
  private isAnswered = false;
  private changingFlow = 0;
  private held = false;
  /** What it came to while somebody was taking the call. */
  private waiting: Outcome | undefined;
  private done = false;

  constructor(call: Call, ringing: Ringing, resolve: (outcome: Outcome) => void) {
    this.call = call;
    this.attempt = ringing.attempt;
    this.resolve = resolve;
    this.limit = call.environment.stack.timers.after(ringing.limitMs, () => {
      this.giveUp({ q850: NO_ANSWER.q850, text: 'no answer' });
      this.finish(failed(NO_ANSWER, true));
    });
  }

  ring(offers: readonly Offer[]): void {
    const { call } = this;
    if (call.isOver) {
      this.finish(failed(NOBODY, false));
      return;
    }
    const legs = offers.map((offer) => ({ leg: this.legFor(offer), offer }));
    // Two that offer can't both be answered by one caller.
    const isAlone = offers.length === 1;
    call.ringer = this;
    call.onOver = () => this.finish(failed(this.best ?? NOBODY, this.hasRung));
    for (const ringer of legs) {
      invite(call, this.attempt, { leg: ringer.leg, offer: ringer.offer, isAlone });
    }
  }

  rings(leg: Leg): boolean {
    return leg instanceof CalleeLeg && this.ringing.has(leg);
  }

  hold(): boolean {
    if (this.done || this.held || this.isAnswered) return false;
    this.held = true;
    return true;
  }

  settle(isTaken: boolean): void {
    this.held = false;
    if (isTaken) this.giveUp(ELSEWHERE);
    const outcome = isTaken ? ({ kind: 'answered' } as const) : this.waiting;
    if (outcome) this.finish(outcome);
  }

  private finish(outcome: Outcome): void {
    if (this.done) return;
    // Whoever takes the call decides what becomes of it; if nobody does, this is its end.
    if (this.held) {
      this.waiting ??= outcome;
      return;
    }
    this.done = true;
    this.limit.cancel();
    this.call.onOver = undefined;
    this.call.ringer = undefined;
    this.resolve(outcome);
  }

  private giveUp(cause: HangUpCause, except?: CalleeLeg): void {
    this.stopped = true;
    for (const leg of this.ringing) {
      if (leg === except) continue;
      leg.hangUp(cause);
      this.call.media.drop(leg.id);
    }
    this.ringing.clear();
  }

  private fail(leg: CalleeLeg, failure: CalleeFailure): void {
    this.ringing.delete(leg);
    this.call.media.drop(leg.id);
    this.best = better(this.best, failure);
    // 6xx is the callee's word for all its phones (RFC 3261 §16.7 step 5).
    if (failure.status >= 600) this.giveUp({ q850: failure.q850, text: 'declined elsewhere' });
    if (this.ringing.size > 0 || this.changingFlow > 0) return;
    this.finish(failed(this.best, this.hasRung));
  }

  private changeFlow(leg: CalleeLeg, next: Branch, failure: CalleeFailure): void {
    const { call } = this;
    this.changingFlow += 1;
    offerOn(call, next).then(
      (offer) => {
        this.changingFlow -= 1;
        if (this.stopped || this.done) call.media.drop(offer.legId);
        else invite(call, this.attempt, { leg: this.legFor(offer), offer, isAlone: false });
        this.fail(leg, failure);
      },
      (error: unknown) => {
        this.changingFlow -= 1;
        call.environment.stack.log.warn('call.flow', { callId: call.callId, error });
        this.fail(leg, failure);
      },
    );
  }

  private legFor(offer: Offer): CalleeLeg {
    const listener: CalleeListener = {
      onProvisional: (leg, status, early) => this.rang(leg, status, early),
      onAnswered: (leg, answer) => this.answered(leg, answer),
      onFailed: (leg, failure) => {
        const isOver = this.stopped || this.done;
        const isStuck = isOver || this.call.caller.hasEarlySession === true;
        const next = isStuck ? undefined : nextFlow(offer.branch, failure);
        if (next) this.changeFlow(leg, next, failure);
        else this.fail(leg, failure);
      },
    };
    const leg = legOf(this.call, this.attempt, { offer, listener });
    this.ringing.add(leg);
    return leg;
  }

  private rang(leg: CalleeLeg, status: number, early: Buffer | null): void {
    const { call } = this;
    this.hasRung = true;
    if (this.held) return;
    const offer = call.caller.takesEarlyOffer ? early : null;
    const onTrouble = (error: unknown): void => {
      call.environment.stack.log.warn('call.early_media', { callId: call.callId, error });
      if (offer) leg.answerEarly(null);
    };
    call.ringing(leg, status, offer ? null : early).catch(onTrouble);
    if (offer) handEarlyOffer(call, leg, { status, offer }).catch(onTrouble);
  }

  private answered(leg: CalleeLeg, answer: Buffer): void {
    const { call } = this;
    if (this.held) {
      leg.hangUp(ELSEWHERE);
      this.fail(leg, NO_ANSWER);
      return;
    }
    this.isAnswered = true;
    this.giveUp(ELSEWHERE, leg);
    call.answered(leg, answer).then(
      () => this.finish({ kind: 'answered' }),
      (error: unknown) => {
        call.environment.stack.log.warn('call.answer', { callId: call.callId, error });
        leg.hangUp({ q850: 88, text: 'media' });
        this.finish(failed(BAD_MEDIA, this.hasRung));
      },
    );
  }
}

function legOf(
  call: Call,
  attempt: PlannedAttempt,
  { offer, listener }: { offer: Offer; listener: CalleeListener },
): CalleeLeg {
  const { stack } = call.environment;
  const leg = new CalleeLeg(stack, {
    id: offer.legId,
    identity: {
      seq: call.nextSeq(),
      sipCallId: `${stack.randomToken()}@${stack.publicAddress}`,
      extensionId: attempt.kind === 'extension' ? attempt.extensionId : null,
      trunkId: attempt.kind === 'trunk' ? attempt.trunkId : null,
      target: offer.branch.uri,
    },
    flow: offer.branch.flow,
    isKin:
      attempt.kind === 'trunk'
        ? (flow) => call.environment.trunkRoutes.isOf(attempt.trunkId, flow)
        : undefined,
    listener,
  });
  call.addLeg(leg);
  return leg;
}

function invite(
  call: Call,
  attempt: PlannedAttempt,
  { leg, offer, isAlone }: { leg: CalleeLeg; offer: Offer; isAlone: boolean },
): void {
  const { branch, sdp } = offer;
  const introduction = introduceCaller(call, attempt);
  leg.invite({
    uri: branch.uri,
    from: introduction.from,
    to: branch.to,
    maxForwards: call.caller.maxForwards - 1,
    headers: { route: branch.routes, ...introduction.headers },
    authenticate: branch.authenticate,
    sdp,
    takesEarlyOffer: isAlone && call.caller.takesEarlyOffer === true,
  });
}

/** The next flow of a phone whose flow failed; undefined where the phone itself said no. */
export function nextFlow(branch: Branch, failure: CalleeFailure): Branch | undefined {
  const [next, ...others] = branch.alternatives;
  if (!next || !isFlowFailure(failure.status)) return undefined;
  const { to, mediaSecurity } = branch;
  return { ...next, to, alternatives: others, ...(mediaSecurity && { mediaSecurity }) };
}

/**
 * 6xx before anything, then the lowest class (RFC 3261 §16.7 step 6). In a class a phone that is
 * busy says more than one that is just not there.
 */
export function better(known: CalleeFailure | undefined, next: CalleeFailure): CalleeFailure {
  if (!known || next.status >= 600) return next;
  if (known.status >= 600) return known;
  const [knownClass, nextClass] = [known, next].map(({ status }) => Math.floor(status / 100));
  if (knownClass === nextClass) return next.status === 486 ? next : known;
  return (nextClass ?? 6) < (knownClass ?? 6) ? next : known;
}
