import type { Uuid } from '@/lib/core/ids';
import { type Dialog, type DialogSnapshot, requestDialogId } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type { OfferTurn } from '@/lib/protocol/sip/offer-turn';
import type { TimerScheduler } from '@/lib/protocol/sip/timers';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { type Flow, isSecure } from '@/lib/protocol/sip/transport';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';
import { asSips } from '@/lib/switch/addresses';
import type { SipStack } from '@/lib/switch/stack';
import { AgreedSdp, type SdpExchange } from './agreed-sdp';
import type { ChallengeAnswer } from './challenge-answer';
import { LegDealings } from './leg-dealings';
import { LegDialogs } from './leg-dialogs';
import { LegOffers } from './leg-offers';
import { type LegIdentity, LegRecord } from './leg-record';
import { type Asked, type AskInit, type LateOffer, LegRequests, sayInDialog } from './leg-requests';
import { LegSession } from './leg-session';
import { receiveOther } from './other-requests';
import { abilitiesIn, type PeerAbilities, UNKNOWN, withoutUpdate } from './peer-abilities';
import { q850OfReasons } from './refusals';
import type { Reoffer } from './reoffer';
import { type OnLateAnswer, RepeatedAnswer } from './repeated-answer';
import { sdpOf } from './sdp-body';

/** What makes a leg. */
export interface LegStart {
  readonly id: Uuid;
  readonly identity: LegIdentity;
  readonly flow: Flow;
  /** Further sources that speak for the far side: the other addresses of a carrier. */
  readonly isKin?: ((flow: Flow) => boolean) | undefined;
}

/** Why a leg is hung up, for the Reason header (RFC 3326). */
export interface HangUpCause {
  readonly q850: number;
  readonly text: string;
}

/** What a leg tells its call once it is part of a conversation. */
export interface LegListener {
  /** The far side said BYE, or is lost. The leg is over. */
  onHungUp(leg: Leg, cause: HangUpCause | null): void;
  /** A new offer on a running leg (hold, codec change), or the wish for one. */
  onReoffer(leg: Leg, reoffer: Reoffer): void;
  /** Anything else inside the dialog that the other side should hear (INFO). */
  onInfo(leg: Leg, transaction: ServerTransaction, request: SipRequest): void;
  /** It wants the other side to talk to somebody else (RFC 3515). */
  onRefer(leg: Leg, transaction: ServerTransaction): void;
}

/**
 * A leg: one SIP dialog with its media endpoint. Its call decides; it knows how to say it. Both
 * kinds of leg (the caller's and the called one's) are alike once they talk.
 */
export abstract class Leg extends LegDialogs {
  readonly id: Uuid;
  readonly flow: Flow;
  private abilities = UNKNOWN;
  listener: LegListener | undefined;
  protected readonly session: LegSession;
  private readonly record: LegRecord;
  private readonly isKin: ((flow: Flow) => boolean) | undefined;
  private made: LegDealings | undefined;
  private agreed: AgreedSdp | undefined;

  constructor(stack: SipStack, start: LegStart) {
    super(stack);
    this.isKin = start.isKin;
    this.id = start.id;
    this.flow = start.flow;
    this.record = new LegRecord(start.identity, stack.clock.nowMs());
    this.session = new LegSession(this);
  }

  get timers(): TimerScheduler {
    return this.stack.timers;
  }

  /** What its latest message that says so says that it can do. */
  get peer(): PeerAbilities {
    return this.abilities;
  }

  learn(message: SipRequest | SipResponse): void {
    this.abilities = abilitiesIn(message, this.abilities);
  }

  /** It allows UPDATE in words and refuses it in deeds. */
  refusesUpdate(): void {
    this.abilities = withoutUpdate(this.abilities);
  }

  /** The Contact that the far side is told; a SIPS URI where it called, or is called, by one. */
  contactOn(flow: Flow): string {
    const contact = this.stack.contactOn(flow);
    return this.isSips && isSecure(flow) ? asSips(contact) : contact;
  }

  /** What was agreed on last; undefined before the first answer. */
  get agreedSdp(): AgreedSdp | undefined {
    return this.agreed;
  }

  get identity(): LegIdentity {
    return this.record;
  }

  get startedAtMs(): number {
    return this.record.startedAtMs;
  }

  get isEnded(): boolean {
    return this.record.isEnded;
  }

  get isTalking(): boolean {
    return this.record.isAnswered && !this.isEnded;
  }

  /** How an offer is made to this leg: by re-INVITE, before the answer by UPDATE (RFC 3311 §5.1). */
  get offeringMethod(): 'INVITE' | 'UPDATE' {
    return this.isTalking ? 'INVITE' : 'UPDATE';
  }

  /**
   * Whether it can be asked about an offer, now or after a collision: always once it talks; before
   * the answer where the first offer is answered reliably and it takes UPDATE (RFC 3311 §5.1).
   */
  get mayBeOffered(): boolean {
    return this.isTalking || (this.hasReliableAnswer && this.abilities.takesUpdate);
  }

  onRequest(transaction: ServerTransaction, request: SipRequest, flow: Flow): void {
    const dialog = this.dialogOf(requestDialogId(request));
    // Tags can be overheard; the address can't be forged for long. Anyone else is a stranger.
    if (!dialog || !this.isFarSide(flow, dialog)) {
      transaction.respond(481);
      return;
    }
    if (this.isEnded) {
      // Both sides hang up at once: ours only waits for an ACK that will not come any more.
      transaction.respond(request.method === 'BYE' ? 200 : 481);
      if (request.method === 'BYE') this.forgetParting();
      return;
    }
    const verdict = dialog.receiveRequest(request);
    if (!verdict.ok) {
      transaction.respond(verdict.status, verdict.reason);
      return;
    }
    dialog.flow = flow;
    this.dispatch(transaction, request);
  }

  onAck(request: SipRequest, flow: Flow): void {
    const { dialog } = this;
    if (!dialog || !this.isFarSide(flow, dialog)) return;
    const { made } = this;
    if (!made?.answer?.acknowledge(request)) return;
    if (!made.answer.isOpen) made.answer = undefined;
    if (made.parting) {
      this.sayBye(made.parting);
      this.forgetParting();
    }
    this.forgetDealings();
  }

  /**
   * Sends a request of ours inside the dialog; `onFinal` once, null where there is no dialog or no
   * answer. 481, 408 and silence end the leg (RFC 3261 §12.2.1.2), after `onFinal`.
   */
  ask(method: string, init: AskInit, onFinal: (response: SipResponse | null) => void): Asked {
    const offer = init.body;
    return this.requests.ask(method, init, (response) => {
      const isOffer = (method === 'INVITE' || method === 'UPDATE') && offer !== undefined;
      if (isOffer && response && response.status < 300) {
        this.agree({ local: offer, remote: sdpOf(response), peerOffered: false });
      }
      onFinal(response);
    });
  }

  /** A re-INVITE without SDP: asks the far side for an offer. */
  askForOffer(
    onOffer: (offer: LateOffer) => void,
    onRefused: (response: SipResponse | null) => void,
  ): Asked {
    return this.requests.askForOffer(({ sdp, acknowledge }) => {
      onOffer({
        sdp,
        acknowledge: (answer) => {
          if (answer) this.agree({ local: answer, remote: sdp, peerOffered: true });
          acknowledge(answer);
        },
      });
    }, onRefused);
  }

  /** Ends the leg from our side, whatever state it is in. */
  abstract hangUp(cause: HangUpCause): void;

  /** The far side can't be relied on any more: BYE, and its call hears of it. */
  breakOff(cause: HangUpCause): void {
    if (this.isEnded) return;
    this.sendBye(cause);
    this.markEnded(408, cause.q850);
    this.listener?.onHungUp(this, cause);
  }

  /** As it stands now. */
  facts(): LegFacts {
    return this.record.facts(this.flow);
  }

  /** As it ended; what has not ended yet ends now. */
  result(codec: string | null): LegResult {
    return this.record.result(this.flow, codec, this.nowMs());
  }

  /** What a recoverer needs for the BYE; null where nothing was answered. */
  snapshot(): DialogSnapshot | null {
    return this.isTalking ? (this.dialog?.snapshot() ?? null) : null;
  }

  /** Credentials for a request inside the dialog; none but for a carrier's leg. */
  protected challengeAnswer(): ChallengeAnswer | undefined {
    return undefined;
  }

  /** Whether the dialog was begun by a SIPS URI. */
  protected abstract get isSips(): boolean;

  /** What else a BYE of the far side answers. */
  protected onByeReceived(): void {}

  /** Whether the INVITE's offer was answered in a reliable provisional. */
  protected abstract get hasReliableAnswer(): boolean;

  /** An offer of the peer in another request than INVITE and UPDATE: PRACK (RFC 3262 §5). */
  protected receiveOffer(transaction: ServerTransaction): void {
    this.offers.receive(transaction, 'UPDATE');
  }

  /** Resolves when no offer of the peer waits for its answer. */
  protected async offersSettled(): Promise<void> {
    await this.made?.offers?.settled();
  }

  /** PRACK, where the leg sends provisionals reliably. */
  protected onPrack(transaction: ServerTransaction, _request: SipRequest): void {
    transaction.respond(481);
  }

  /** What both sides said last and agreed on: the refresh repeats it, a repeated offer gets it. */
  protected agree(exchange: SdpExchange): void {
    this.agreed = new AgreedSdp(exchange);
  }

  protected markRinging(): void {
    this.record.ringing(this.nowMs());
  }

  protected markAnswered(): void {
    this.record.answered(this.nowMs());
  }

  /** The leg is over; says so once and takes it out of the table. */
  protected markEnded(status: number, q850: number | null): boolean {
    if (!this.record.end(this.nowMs(), status, q850)) return false;
    this.session.stop();
    // §15.1.2: what is still open on the dialog is answered.
    const { made } = this;
    made?.offers?.end();
    made?.requests?.end();
    made?.answer?.forsakeOffer();
    if (!made?.parting) this.forgetDialogs();
    return true;
  }

  /**
   * Repeats the 2xx just sent until its ACK comes; without one the leg is hung up (§13.3.1.4). With
   * `onLateAnswer` the 2xx bore an offer, and the ACK brings its answer.
   */
  protected repeatAnswer(transaction: ServerTransaction, onLateAnswer?: OnLateAnswer): void {
    this.dealings.answer ??= new RepeatedAnswer({
      timers: this.stack.timers,
      turn: this.turn,
      onGiveUp: () => this.neverAcknowledged(),
    });
    this.dealings.answer.begin(transaction, onLateAnswer);
  }

  /** BYE; not before the ACK of our 2xx, or the wait for it, is over (§15). */
  protected sendBye(cause: HangUpCause): void {
    if (this.made?.answer?.isOpen) this.made.parting = cause;
    else this.sayBye(cause);
  }

  /** Whose turn it is to offer. */
  protected get turn(): OfferTurn {
    return this.dealings.turn;
  }

  /** A call that lasts shall not keep how it came about. */
  protected forgetDealings(): void {
    if (this.made?.areOver) this.made = undefined;
  }

  private get dealings(): LegDealings {
    this.made ??= new LegDealings();
    return this.made;
  }

  private nowMs(): number {
    return this.stack.clock.nowMs();
  }

  private get requests(): LegRequests {
    this.dealings.requests ??= new LegRequests({
      stack: this.stack,
      turn: this.turn,
      contactOn: (flow) => this.contactOn(flow),
      speaking: () => (this.isEnded ? undefined : this.dialog),
      sessionHeaders: () => (this.isTalking ? this.session.requestHeaders() : {}),
      agreedSdp: () => this.agreed?.local ?? null,
      onAccepted: (response) => this.peerAccepted(response),
      challengeAnswer: () => this.challengeAnswer(),
      onIntervalRaised: (seconds) => this.session.raise(seconds),
      // An early dialog need not be known to the peer yet: nothing is lost there.
      onLost: (status) => {
        if (this.isTalking) this.breakOff({ q850: status === 481 ? 41 : 102, text: 'lost' });
      },
    });
    return this.dealings.requests;
  }

  private get offers(): LegOffers {
    this.dealings.offers ??= new LegOffers({
      stack: this.stack,
      turn: this.turn,
      session: this.session,
      leg: this,
      agree: (exchange) => this.agree(exchange),
      repeatAnswer: (transaction, onLateAnswer) => this.repeatAnswer(transaction, onLateAnswer),
    });
    return this.dealings.offers;
  }

  private dispatch(transaction: ServerTransaction, request: SipRequest): void {
    switch (request.method) {
      case 'BYE':
        transaction.respond(200);
        this.onByeReceived();
        this.hungUp(request);
        return;
      case 'INVITE':
      case 'UPDATE':
        this.offers.receive(transaction, request.method);
        return;
      case 'PRACK':
        this.onPrack(transaction, request);
        return;
      default:
        receiveOther(this, transaction, request);
    }
  }

  private isFarSide(flow: Flow, dialog: Dialog): boolean {
    const isSame = flow.remote.address === dialog.flow.remote.address;
    return isSame || this.isKin?.(flow) === true;
  }

  private peerAccepted(response: SipResponse): void {
    this.learn(response);
    if (this.isTalking) this.session.accepted(response);
  }

  private sayBye(cause: HangUpCause): void {
    const dialog = this.dialog;
    if (!dialog) return;
    sayInDialog(this.stack, dialog, {
      method: 'BYE',
      headers: { reason: `Q.850;cause=${cause.q850};text="${cause.text}"` },
      answerChallenge: this.challengeAnswer(),
    });
  }

  private neverAcknowledged(): void {
    if (this.made?.parting) {
      this.sayBye(this.made.parting);
      this.forgetParting();
    } else this.breakOff({ q850: 102, text: 'no ACK' });
  }

  private forgetParting(): void {
    if (this.made) this.made.parting = undefined;
    this.forgetDialogs();
  }

  private forgetDialogs(): void {
    this.made?.answer?.stop();
    this.endDialogs();
  }

  private hungUp(request: SipRequest): void {
    const q850 = q850OfReasons(request.headers('reason'));
    if (!this.markEnded(200, q850 ?? 16)) return;
    this.listener?.onHungUp(this, q850 === null ? null : { q850, text: 'far side' });
  }
}
