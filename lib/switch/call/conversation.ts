import { appended } from '@/lib/core/appended';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Call } from './call';
import { CallMedia, type MediaFigures } from './call-media';
import type { CallEnvironment } from './environment';
import { reviewHold } from './hold-music';
import type { HangUpCause, Leg, LegListener } from './leg';
import { OwnSounds } from './own-sounds';
import { relayInfo } from './relay-info';
import { renegotiate } from './renegotiation';
import type { Reoffer } from './reoffer';
import { receiveRefer } from './transfer';

/** Why a conversation is over: the leg that left, or null where the switch ended it. */
export interface ConversationEnd {
  readonly leg: Leg | null;
  readonly q850: number;
}

/**
 * Who talks to whom: the media session and the one or two legs that are connected, shared by all
 * calls that are linked with one another. Each call has its own payer, reservation and record; they
 * share the conversation's fate: when a connected leg leaves, or the money of any of them is spent,
 * all end together.
 */
export class Conversation implements LegListener {
  readonly media: CallMedia;
  readonly environment: CallEnvironment;
  /** Those that are not over, the oldest first. */
  private calls: readonly Call[] = [];
  /** The connected legs: the first alone until somebody answers. */
  private first: Leg | undefined;
  private second: Leg | undefined;
  /** Whose early media the first hears, or heard last. */
  early: Leg | undefined;
  private over = false;
  /** What of ours its legs hear; undefined while that is nothing. */
  private ownSounds: OwnSounds | undefined;
  /** Who transfers the other party just now. */
  private transferring: Leg | undefined;
  private referrers: WeakSet<Leg> | undefined;
  private closing: Promise<MediaFigures> | undefined;

  constructor(environment: CallEnvironment, start: { sessionId: string; leg: Leg }) {
    this.environment = environment;
    this.media = new CallMedia(environment.media, start.sessionId);
    this.first = start.leg;
    start.leg.listener = this;
  }

  /** Opens the media session. Throws where no port is left. */
  open(): void {
    const { stack } = this.environment;
    const { first } = this;
    if (!first) return;
    this.media.open(first.id, stack.timers, (reason) => {
      stack.log.info('call.media_dead', { callId: this.calls[0]?.callId, reason });
      this.end({ leg: null, q850: 102 });
    });
  }

  get isOver(): boolean {
    return this.over;
  }

  /** What of ours its legs hear. */
  get sounds(): OwnSounds {
    this.ownSounds ??= new OwnSounds(this.media);
    return this.ownSounds;
  }

  /** A further call that lives and dies with the others. */
  join(call: Call): void {
    this.calls = appended(this.calls, call);
  }

  /** Two legs talk from here on. */
  connect(one: Leg, other: Leg): void {
    this.first = one;
    this.second = other;
    this.early = undefined;
    for (const leg of [one, other]) this.ownSounds?.connected(leg);
    this.environment.recorder?.connected(this);
  }

  /** The legs that are connected: two of them, or whoever is left. */
  get talking(): readonly Leg[] {
    return [this.first, this.second].filter((leg) => leg !== undefined);
  }

  /** Its calls that are not over, the oldest first. */
  get members(): readonly Call[] {
    return this.calls;
  }

  /**
   * A leg leaves to whom the others do not matter any more: a transferor. Calls that it alone kept
   * alive end with it; those of the others go on.
   */
  depart(leg: Leg): void {
    const rest = leg === this.first ? this.second : this.first;
    if (leg === this.first || leg === this.second) {
      this.first = rest;
      this.second = undefined;
    }
    this.ownSounds?.connected(leg);
    this.media.retire(leg.id);
    for (const call of [...this.calls]) call.partyLeft(leg);
  }

  /** All calls of another conversation join this one, which ends its media session. */
  absorb(other: Conversation): void {
    other.over = true;
    const joining = other.calls;
    other.calls = [];
    this.calls = this.calls.concat(joining);
    for (const call of joining) call.moveTo(this);
    this.environment.recorder?.absorbed(other);
    this.media.absorb(other.media);
  }

  /** The call that a leg belongs to, the latest where several do. */
  callOf(leg: Leg): Call | undefined {
    return this.calls.findLast((call) => call.owns(leg)) ?? this.calls[0];
  }

  /** The call that rings at somebody's just now: of a chain of forwards the last. */
  get ringing(): Call | undefined {
    return this.calls.findLast((call) => call.ringer !== undefined);
  }

  /** Whom a leg talks to. */
  otherThan(leg: Leg): Leg | undefined {
    if (leg === this.first) return this.second;
    return leg === this.second ? this.first : undefined;
  }

  /** One transfer at a time; false while another is under way. */
  beginTransfer(leg: Leg): boolean {
    if (this.over || this.transferring) return false;
    this.transferring = leg;
    return true;
  }

  /** The transfer came to its end. Where it failed and who began it has left, nobody is left. */
  endTransfer(leg: Leg): void {
    if (this.transferring !== leg) return;
    this.transferring = undefined;
    if (!this.second) this.end({ leg, q850: 16 });
  }

  /** Whether a leg transfers for the first time (RFC 3515 §2.4.6). */
  isFirstRefer(leg: Leg): boolean {
    if (this.referrers?.has(leg)) return false;
    this.referrers ??= new WeakSet();
    this.referrers.add(leg);
    return true;
  }

  /** Ends every call of the conversation. Silence first: that is the guarantee. */
  end(ending: ConversationEnd): void {
    if (this.over) return;
    this.over = true;
    this.media.gate('closed');
    for (const call of [...this.calls].reverse()) call.conversationOver(ending);
  }

  /**
   * A call is over, alone or with all others. Resolves to the media figures, for its record; the
   * last one ends the media session, which stops at once.
   */
  leave(call: Call): Promise<MediaFigures> {
    this.calls = this.calls.filter((each) => each !== call);
    if (!this.over && this.calls.length > 0) return this.media.figures();
    this.over = true;
    this.closing ??= this.media.close();
    return this.closing;
  }

  onHungUp(leg: Leg, cause: HangUpCause | null): void {
    if (leg !== this.first && leg !== this.second) {
      // One that lost the race, or left before, ends nothing but its own call that nobody answered.
      for (const call of [...this.calls]) {
        if (call.owns(leg) && call.answeredAt === null) call.conversationOver({ leg, q850: 16 });
      }
      return;
    }
    // Who transfers may leave before the target answers (RFC 5589 §6.1).
    if (this.transferring === leg && this.second) this.depart(leg);
    else this.end({ leg, q850: cause?.q850 ?? 16 });
  }

  onRefer(leg: Leg, transaction: ServerTransaction): void {
    receiveRefer(this, leg, transaction);
  }

  onReoffer(leg: Leg, reoffer: Reoffer): void {
    const { environment, media } = this;
    const other = this.otherThan(leg) ?? this.waitingFor(leg);
    if (!other) {
      this.rehost(leg, reoffer);
      return;
    }
    const onTrouble = (error: unknown): void =>
      environment.stack.log.info('call.reoffer', { callId: this.calls[0]?.callId, error });
    const onAgreed = (): void => {
      reviewHold(this, leg, other).catch(onTrouble);
    };
    renegotiate({ leg, other, media, reoffer, onTrouble, onAgreed });
  }

  onInfo(leg: Leg, transaction: ServerTransaction, request: SipRequest): void {
    const { media } = this;
    relayInfo({ leg, other: this.otherThan(leg), media }, transaction, request);
  }

  /** A new offer of a leg that talks to nobody but us is ours to answer. */
  private rehost(leg: Leg, reoffer: Reoffer): void {
    const { media, environment } = this;
    if (reoffer.sdp === null || !leg.isTalking) {
      reoffer.refuse(488);
      return;
    }
    media.host(leg, reoffer.sdp).then(
      (body) => reoffer.accept(body),
      (error: unknown) => {
        environment.stack.log.info('call.reoffer', { callId: this.calls[0]?.callId, error });
        reoffer.refuse(488);
      },
    );
  }

  /**
   * Before the answer (RFC 3311): whoever waits for a leg that is rung; for the one that waits, whose
   * early media it hears.
   */
  private waitingFor(leg: Leg): Leg | undefined {
    const { first, second } = this;
    if (second !== undefined) return undefined;
    return first === leg ? this.early : first;
  }
}
