import type { Uuid } from '@/lib/core/ids';
import { type Dialog, type DialogSnapshot, requestDialogKey } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { OfferTurn } from '@/lib/protocol/sip/offer-turn';
import { type AnswerRetransmission, retransmitAnswer } from '@/lib/protocol/sip/retransmit-answer';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';
import { ALLOWED_METHODS, type DialogUser, type SipStack } from '@/lib/switch/stack';
import { type AgreedSdp, agreedSdp } from './agreed-sdp';
import { LegOffers } from './leg-offers';
import { type Asked, type AskInit, type LateOffer, LegRequests } from './leg-requests';
import { LegSession } from './leg-session';
import { PeerAbilities } from './peer-abilities';
import { q850OfReasons } from './refusals';
import type { Reoffer } from './reoffer';
import { sdpOf } from './sdp-body';

/** Early dialogs of one INVITE that was forked behind our back; further ones are not followed. */
const MAX_EARLY_DIALOGS = 12;

/** What is known of a leg before it does anything. */
export interface LegIdentity {
  readonly seq: number;
  readonly sipCallId: string;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
  readonly target: string;
}

/** Why a leg is hung up, for the Reason header (RFC 3326). */
export interface HangUpCause {
  readonly q850: number;
  readonly text: string;
  /** Somebody else answered the same call. */
  readonly isElsewhere?: boolean;
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
export abstract class Leg implements DialogUser {
  readonly id: Uuid;
  readonly identity: LegIdentity;
  readonly flow: Flow;
  readonly startedAtMs: number;
  readonly peer = new PeerAbilities();
  listener: LegListener | undefined;
  protected readonly stack: SipStack;
  protected readonly turn = new OfferTurn();
  protected readonly session: LegSession;
  private readonly requests: LegRequests;
  private readonly offers: LegOffers;
  /** The 2xx of an INVITE that is being repeated until its ACK comes. */
  private repeating:
    | { readonly sequence: number; readonly answer: AnswerRetransmission }
    | undefined;
  /** Our offer in that 2xx waits for the answer in its ACK. */
  private lateAnswer: ((sdp: Buffer | null) => void) | undefined;
  /** A BYE that waits for the ACK of our 2xx (§15). */
  private parting: HangUpCause | undefined;
  private currentDialog: Dialog | undefined;
  private readonly dialogs = new Map<string, Dialog>();
  private agreed: AgreedSdp | undefined;
  private ringingAtMs: number | null = null;
  private answeredAtMs: number | null = null;
  private ended:
    | { readonly atMs: number; readonly status: number; q850: number | null }
    | undefined;

  constructor(stack: SipStack, start: { id: Uuid; identity: LegIdentity; flow: Flow }) {
    this.stack = stack;
    this.id = start.id;
    this.identity = start.identity;
    this.flow = start.flow;
    this.startedAtMs = stack.clock.nowMs();
    this.session = new LegSession({
      timers: stack.timers,
      peer: this.peer,
      ask: (method, init, onFinal) => this.ask(method, init, onFinal),
      localSdp: () => this.agreed?.local ?? null,
      onExpired: () => this.breakOff({ q850: 102, text: 'session timer expired' }),
    });
    this.offers = new LegOffers({
      stack,
      turn: this.turn,
      session: this.session,
      leg: this,
      agree: (exchange) => this.agree(exchange),
      repeatAnswer: (transaction, onLateAnswer) => this.repeatAnswer(transaction, onLateAnswer),
    });
    this.requests = new LegRequests({
      stack,
      turn: this.turn,
      speaking: () => (this.isEnded ? undefined : this.currentDialog),
      sessionHeaders: () => (this.isTalking ? this.session.requestHeaders() : {}),
      agreedSdp: () => this.agreed?.local ?? null,
      onAccepted: (response) => this.peerAccepted(response),
      onIntervalRaised: (seconds) => this.session.raise(seconds),
      onLost: (status) => this.breakOff({ q850: status === 481 ? 41 : 102, text: 'lost' }),
    });
  }

  /** What was agreed on last; undefined before the first answer. */
  get agreedSdp(): AgreedSdp | undefined {
    return this.agreed;
  }

  get dialog(): Dialog | undefined {
    return this.currentDialog;
  }

  get isEnded(): boolean {
    return this.ended !== undefined;
  }

  get isTalking(): boolean {
    return this.answeredAtMs !== null && !this.isEnded;
  }

  /** How an offer is made to this leg: by re-INVITE, before the answer by UPDATE (RFC 3311 §5.1). */
  get offeringMethod(): 'INVITE' | 'UPDATE' {
    return this.isTalking ? 'INVITE' : 'UPDATE';
  }

  onRequest(transaction: ServerTransaction, request: SipRequest, flow: Flow): void {
    const dialog = this.dialogs.get(requestDialogKey(request));
    // Tags can be overheard; the address can't be forged for long. Anyone else is a stranger.
    if (!dialog || flow.remote.address !== dialog.flow.remote.address) {
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
    if (flow.remote.address !== this.flow.remote.address) return;
    if (this.repeating?.sequence !== request.cseq.sequence) return;
    this.repeating.answer.stop();
    this.repeating = undefined;
    this.answerLate(sdpOf(request));
    if (!this.parting) return;
    this.sayBye(this.parting);
    this.forgetParting();
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
    return this.requests.askForOffer(onOffer, onRefused);
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
    return {
      ...this.identity,
      address: this.flow.remote.address,
      transport: this.flow.transport,
      startedAtMs: this.startedAtMs,
      ringingAtMs: this.ringingAtMs,
      answeredAtMs: this.answeredAtMs,
    };
  }

  /** As it ended; what has not ended yet ends now. */
  result(codec: string | null): LegResult {
    return {
      ...this.facts(),
      endedAtMs: this.ended?.atMs ?? this.stack.clock.nowMs(),
      sipStatus: this.ended?.status ?? 0,
      q850Cause: this.ended?.q850 ?? null,
      codec,
      media: null,
    };
  }

  /** What a recoverer needs for the BYE; null where nothing was answered. */
  snapshot(): DialogSnapshot | null {
    return this.isTalking ? (this.currentDialog?.snapshot() ?? null) : null;
  }

  /** What else a BYE of the far side answers. */
  protected onByeReceived(): void {}

  /** PRACK, where the leg sends provisionals reliably. */
  protected onPrack(transaction: ServerTransaction, _request: SipRequest): void {
    transaction.respond(481);
  }

  /** Takes a dialog for its own, early or settled; the latest is the one it speaks in. */
  protected adopt(dialog: Dialog): void {
    if (!this.dialogs.has(dialog.key)) {
      if (this.dialogs.size >= MAX_EARLY_DIALOGS) return;
      this.dialogs.set(dialog.key, dialog);
      this.stack.dialogs.set(dialog.key, this);
    }
    this.currentDialog = dialog;
  }

  /** One of several early dialogs was answered: the others are over (§13.2.2.4). */
  protected settleOn(dialog: Dialog): void {
    for (const [key, other] of this.dialogs) {
      if (other === dialog) continue;
      other.end();
      this.dialogs.delete(key);
      this.stack.dialogs.delete(key);
    }
    this.adopt(dialog);
  }

  protected earlyDialog(key: string): Dialog | undefined {
    return this.dialogs.get(key);
  }

  /** What both sides said last and agreed on: the refresh repeats it, a repeated offer gets it. */
  protected agree(exchange: { local: Buffer; remote: Buffer | null; peerOffered: boolean }): void {
    this.agreed = agreedSdp(exchange);
  }

  protected markRinging(): void {
    this.ringingAtMs ??= this.stack.clock.nowMs();
  }

  protected markAnswered(): void {
    this.answeredAtMs ??= this.stack.clock.nowMs();
  }

  /** The leg is over; says so once and takes it out of the table. */
  protected markEnded(status: number, q850: number | null): boolean {
    if (this.ended) return false;
    this.ended = { atMs: this.stack.clock.nowMs(), status, q850 };
    this.session.stop();
    // §15.1.2: what is still open on the dialog is answered.
    this.offers.end();
    this.requests.end();
    this.answerLate(null);
    if (!this.parting) this.forgetDialogs();
    return true;
  }

  /**
   * Repeats the 2xx just sent until its ACK comes; without one the leg is hung up (§13.3.1.4). With
   * `onLateAnswer` the 2xx bore an offer, and the ACK brings its answer.
   */
  protected repeatAnswer(
    transaction: ServerTransaction,
    onLateAnswer?: (sdp: Buffer | null) => void,
  ): void {
    this.repeating?.answer.stop();
    if (onLateAnswer) {
      this.turn.offered();
      this.lateAnswer = onLateAnswer;
    }
    const answer = retransmitAnswer(transaction, {
      timers: this.stack.timers,
      onGiveUp: () => this.neverAcknowledged(),
    });
    this.repeating = { sequence: transaction.request.cseq.sequence, answer };
  }

  /** BYE; not before the ACK of our 2xx, or the wait for it, is over (§15). */
  protected sendBye(cause: HangUpCause): void {
    if (this.repeating) this.parting = cause;
    else this.sayBye(cause);
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
      case 'INFO':
        if (this.listener) this.listener.onInfo(this, transaction, request);
        else transaction.respond(200);
        return;
      case 'REFER':
        if (this.listener) this.listener.onRefer(this, transaction);
        else transaction.respond(603);
        return;
      case 'OPTIONS':
        transaction.respond(200, 'OK', { headers: { allow: ALLOWED_METHODS } });
        return;
      default:
        transaction.respond(405, undefined, { headers: { allow: ALLOWED_METHODS } });
    }
  }

  private peerAccepted(response: SipResponse): void {
    this.peer.learn(response);
    if (this.isTalking) this.session.accepted(response);
  }

  private answerLate(sdp: Buffer | null): void {
    const onAnswer = this.lateAnswer;
    if (!onAnswer) return;
    this.lateAnswer = undefined;
    this.turn.answered();
    onAnswer(sdp);
  }

  private sayBye(cause: HangUpCause): void {
    const dialog = this.currentDialog;
    if (!dialog) return;
    const bye = dialog.request('BYE', {
      headers: { reason: `Q.850;cause=${cause.q850};text="${cause.text}"` },
    });
    this.stack.layer.request(bye, dialog.flow, {
      onResponse: () => undefined,
      onFailure: () => undefined,
    });
  }

  private neverAcknowledged(): void {
    this.repeating = undefined;
    if (this.parting) {
      this.sayBye(this.parting);
      this.forgetParting();
    } else this.breakOff({ q850: 102, text: 'no ACK' });
  }

  private forgetParting(): void {
    this.parting = undefined;
    this.forgetDialogs();
  }

  private forgetDialogs(): void {
    this.repeating?.answer.stop();
    this.repeating = undefined;
    for (const [key, dialog] of this.dialogs) {
      dialog.end();
      this.stack.dialogs.delete(key);
    }
    this.dialogs.clear();
  }

  private hungUp(request: SipRequest): void {
    const q850 = q850OfReasons(request.headers('reason'));
    if (!this.markEnded(200, q850 ?? 16)) return;
    this.listener?.onHungUp(this, q850 === null ? null : { q850, text: 'far side' });
  }
}
