import { createRequest } from '@/lib/protocol/sip/build';
import { Dialog } from '@/lib/protocol/sip/dialog';
import type { HeaderInit, SipResponse } from '@/lib/protocol/sip/message';
import { ReliableOrder, reliableSequence } from '@/lib/protocol/sip/reliable-provisional';
import { raisedInterval } from '@/lib/protocol/sip/session-timer';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { ClientTransaction } from '@/lib/protocol/sip/transaction';
import { isSipsUri } from '@/lib/protocol/sip/uri';
import { ALLOWED_METHODS, type SipStack, SUPPORTED_OPTIONS } from '@/lib/switch/stack';
import type { ChallengeAnswer } from './challenge-answer';
import { fitted } from './datagram-size';
import { sayTooLate } from './late-answer';
import { type HangUpCause, Leg, type LegStart } from './leg';
import { sayInDialog } from './leg-requests';
import { redirectsOf } from './redirects';
import { q850OfReasons, q850OfStatus, reasonsOf } from './refusals';
import { SDP_TYPE, sdpOf } from './sdp-body';

/**
 * Whoever does not even say 100 in this time is taken for dead and the next route is tried; RFC
 * 3261's 64·T1 (32 s) is longer than a caller waits. A server answers an INVITE within 200 ms
 * (§17.2.1).
 */
const SILENCE_LIMIT_MS = 6_000;

/** Where the callee's offer is to come in its 2xx: a reliable provisional would bear it earlier. */
const SUPPORTED_WITHOUT_OFFER = 'timer, replaces';
/** One branch of several was given up (RFC 6228); the others still ring. */
const BRANCH_GIVEN_UP = 199;
/** How often a session interval is raised for a callee that finds it too short (RFC 4028 §7.3). */
const MAX_RAISES = 2;

const NO_CREDENTIALS: Readonly<Record<string, string>> = {};

/** What the INVITE of a leg says. */
export interface CalleeInvite {
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly maxForwards: number;
  readonly headers: HeaderInit;
  /** Our offer; null where the callee is to offer (a late offer): it does so in its 2xx. */
  readonly sdp: Buffer | null;
  /** Without an offer of ours: whether the callee's may come in a reliable provisional. */
  readonly takesEarlyOffer?: boolean;
  /**
   * Headers that answer a challenge, made of credentials that are for this very far side; undefined
   * where there are none that fit, or they have been tried (§22.2). Asked for requests inside the
   * dialog (BYE, PRACK, re-INVITE) as well.
   */
  readonly authenticate?: ChallengeAnswer | undefined;
}

/** How an attempt on a leg goes on. */
export interface CalleeListener {
  onProvisional(leg: CalleeLeg, status: number, sdp: Buffer | null): void;
  /**
   * 200 with the callee's answer, acknowledged already; or with its offer where it was to offer:
   * then `leg.acknowledge` is to be called with the answer.
   */
  onAnswered(leg: CalleeLeg, sdp: Buffer): void;
  /** A refusal, silence or a broken flow; the leg is over. */
  onFailed(leg: CalleeLeg, failure: CalleeFailure): void;
}

export interface CalleeFailure {
  readonly status: number;
  readonly reason: string | undefined;
  readonly q850: number;
  /** 3xx: where it would rather have the call: Contacts as they came, the most wanted first. */
  readonly redirects?: readonly string[];
}

/** An early dialog: one for each To-tag, as the INVITE may be forked behind our back (§13.2.2.4). */
interface EarlyDialog {
  readonly order: ReliableOrder;
  /** The latest SDP that it answered with; a 2xx may do without one after it. */
  sdp: Buffer | null;
}

/** The leg of whom we call: the client side of an INVITE, one dialog in the end. */
export class CalleeLeg extends Leg {
  /** Told how the attempt goes; nothing more once it has answered or failed. */
  private attempt: CalleeListener | undefined;
  /** In its INVITE; the dialog's own from its answer on. */
  private localTag: string;
  private early: Map<string, EarlyDialog> | undefined;
  private transaction: ClientTransaction | undefined;
  private invited: CalleeInvite | undefined;
  private authenticate: ChallengeAnswer | undefined;
  private credentials: Readonly<Record<string, string>> = NO_CREDENTIALS;
  private silence: Timer | undefined;
  /** The 2xx that waits for its ACK. */
  private answer: SipResponse | undefined;
  private raises = 0;
  /** Its offer in a reliable provisional, until the PRACK with our answer. */
  private offered:
    | { readonly dialog: Dialog; readonly rack: string; readonly sdp: Buffer }
    | undefined;
  protected hasReliableAnswer = false;
  /** Its session was agreed on anew before it answered. */
  wasUpdated = false;

  constructor(stack: SipStack, start: LegStart & { readonly listener: CalleeListener }) {
    super(stack, start);
    this.attempt = start.listener;
    this.localTag = stack.randomToken();
  }

  /** Sends the INVITE. */
  invite(invite: CalleeInvite): void {
    this.invited = invite;
    this.authenticate = invite.authenticate;
    this.turn.begin('INVITE', invite.sdp !== null);
    this.send(invite, 1, NO_CREDENTIALS);
  }

  /** Answers a late offer, in the ACK; null where no answer was found: the leg is to be hung up. */
  acknowledge(sdp: Buffer | null): void {
    const { answer, dialog } = this;
    if (!answer || !dialog) return;
    this.answer = undefined;
    this.turn.finished('INVITE');
    const offer = this.early?.get(dialog.remoteTag)?.sdp;
    if (sdp && offer) this.agree({ local: sdp, remote: offer, peerOffered: true });
    this.sendAck(dialog, answer, sdp);
    this.forgetDealings();
  }

  /** Answers an offer that came before the answer, in its PRACK; null: there is none, it is given up. */
  answerEarly(sdp: Buffer | null): void {
    const { offered } = this;
    this.offered = undefined;
    if (!offered || this.isEnded) return;
    if (!sdp && this.isTalking) this.breakOff({ q850: 88, text: 'media' });
    else if (!sdp) {
      this.giveUp({ q850: 88, text: 'media' }, 488);
      this.attempt?.onFailed(this, { status: 488, reason: undefined, q850: 88 });
    } else if (this.isTalking) this.acknowledge(sdp);
    else {
      this.hasReliableAnswer = true;
      this.agree({ local: sdp, remote: offered.sdp, peerOffered: true });
      this.sayPrack(offered.dialog, offered.rack, sdp);
    }
  }

  /** Gives up ringing, or ends the conversation. */
  hangUp(cause: HangUpCause): void {
    if (this.isEnded) return;
    this.silence?.cancel();
    if (this.isTalking) {
      this.acknowledge(null);
      this.sendBye(cause);
      this.markEnded(200, cause.q850);
      return;
    }
    this.giveUp(cause, 487);
    this.attempt = undefined;
  }

  override breakOff(cause: HangUpCause): void {
    if (this.isTalking || this.isEnded) super.breakOff(cause);
    else {
      this.giveUp(cause, 408);
      this.attempt?.onFailed(this, { status: 408, reason: undefined, q850: cause.q850 });
    }
  }

  protected override get isSips(): boolean {
    return isSipsUri(this.identity.target);
  }

  protected override challengeAnswer(): ChallengeAnswer | undefined {
    return this.authenticate;
  }

  /** A callee can't say BYE before it answered; one that does means no (§15). */
  protected override onByeReceived(): void {
    if (this.isTalking) return;
    this.giveUp({ q850: 16, text: 'BYE' }, 480);
    this.attempt?.onFailed(this, { status: 480, reason: undefined, q850: 16 });
  }

  private send(
    invite: CalleeInvite,
    sequence: number,
    credentials: Readonly<Record<string, string>>,
  ): void {
    const request = createRequest({
      method: 'INVITE',
      uri: invite.uri,
      headers: {
        'max-forwards': invite.maxForwards,
        from: `${invite.from};tag=${this.localTag}`,
        to: invite.to,
        'call-id': this.identity.sipCallId,
        cseq: `${sequence} INVITE`,
        contact: this.contactOn(this.flow),
        allow: ALLOWED_METHODS,
        supported:
          invite.sdp || invite.takesEarlyOffer ? SUPPORTED_OPTIONS : SUPPORTED_WITHOUT_OFFER,
        ...this.session.requestHeaders(),
        ...invite.headers,
        ...credentials,
        ...(invite.sdp ? { 'content-type': SDP_TYPE } : {}),
      },
      body: invite.sdp ?? undefined,
    });
    this.silence = this.stack.timers.after(SILENCE_LIMIT_MS, () => this.tooSilent());
    const sent = fitted(request, this.flow.transport);
    this.transaction = this.stack.layer.request(sent, this.flow, {
      onResponse: (response) => this.responded(response),
      onFailure: (failure) => {
        this.failed({ status: failure === 'timeout' ? 408 : 503, reason: undefined, q850: 41 });
      },
    });
  }

  private giveUp(cause: HangUpCause, status: number): void {
    this.silence?.cancel();
    this.transaction?.cancel({ reason: reasonsOf(cause) });
    this.markEnded(status, cause.q850);
  }

  private responded(response: SipResponse): void {
    this.silence?.cancel();
    if (response.status >= 300) {
      if (this.answeredChallenge(response) || this.raisedInterval(response)) return;
      const q850 = q850OfReasons(response.headers('reason')) ?? q850OfStatus(response.status);
      const redirects = redirectsOf(response);
      // The far side's words stay there: they tell how it is built, and say whatever they like.
      const failure = { status: response.status, reason: undefined, q850 };
      this.failed(redirects.length === 0 ? failure : { ...failure, redirects });
      return;
    }
    if (response.status >= 200) this.accepted(response);
    else if (response.status > 100 && !this.isEnded) this.progressed(response);
  }

  /** Asked who we are (the ACK went out already): the INVITE again, with credentials (§22.2). */
  private answeredChallenge(response: SipResponse): boolean {
    const { invited, transaction } = this;
    if (response.status !== 401 && response.status !== 407) return false;
    if (!invited?.authenticate || !transaction || this.isEnded) return false;
    const credentials = invited.authenticate(transaction.request, response);
    if (!credentials) return false;
    // A proxy and the server behind it may both ask: each gets its own.
    this.credentials = { ...this.credentials, ...credentials };
    this.send(invited, response.cseq.sequence + 1, this.credentials);
    return true;
  }

  /** 422: the INVITE again, with the interval that the callee wants (RFC 4028 §7.3). */
  private raisedInterval(response: SipResponse): boolean {
    const { invited } = this;
    if (!invited || this.isEnded || this.raises >= MAX_RAISES) return false;
    const seconds = raisedInterval(this.session.wishedSeconds, response);
    if (seconds === null) return false;
    this.raises += 1;
    this.session.raise(seconds);
    // A digest counts once; another request is asked again.
    this.credentials = NO_CREDENTIALS;
    this.send(invited, response.cseq.sequence + 1, NO_CREDENTIALS);
    return true;
  }

  private progressed(response: SipResponse): void {
    this.learn(response);
    const sdp = this.isHeard(response) ? sdpOf(response) : null;
    const dialog = this.branchOf(response);
    if (dialog) {
      dialog.receiveResponse(response);
      if (!this.adopt(dialog) || !this.takes(dialog, response, sdp)) return;
    }
    if (response.status === BRANCH_GIVEN_UP) return;
    this.markRinging();
    this.attempt?.onProvisional(this, response.status, sdp);
  }

  /** Whether the SDP of a provisional means anything: an answer, or an offer that we let it make. */
  private isHeard(response: SipResponse): boolean {
    const { invited } = this;
    if (invited?.sdp) return true;
    return invited?.takesEarlyOffer === true && reliableSequence(response) !== undefined;
  }

  /** Whether a provisional is in order; one that was sent reliably gets its PRACK (RFC 3262 §4). */
  private takes(dialog: Dialog, response: SipResponse, sdp: Buffer | null): boolean {
    const early = this.early?.get(dialog.remoteTag) ?? { order: new ReliableOrder(), sdp: null };
    const rseq = reliableSequence(response);
    if (rseq !== undefined && !early.order.take(rseq)) return false;
    this.early ??= new Map();
    this.early.set(dialog.remoteTag, early);
    if (sdp) early.sdp = Buffer.from(sdp);
    if (rseq === undefined) return true;
    const rack = `${rseq} ${response.cseq.sequence} INVITE`;
    if (sdp && !this.invited?.sdp) {
      // Its offer: the PRACK waits for the answer. One of a further branch gets none.
      if (this.offered || this.hasReliableAnswer) return false;
      this.offered = { dialog, rack, sdp: Buffer.from(sdp) };
      return true;
    }
    if (sdp) {
      this.turn.answered();
      this.hasReliableAnswer = true;
    }
    this.sayPrack(dialog, rack);
    return true;
  }

  private sayPrack(dialog: Dialog, rack: string, sdp?: Buffer): void {
    sayInDialog(this.stack, dialog, {
      method: 'PRACK',
      headers: { rack },
      ...(sdp ? { sdp } : {}),
      answerChallenge: this.challengeAnswer(),
    });
  }

  private accepted(response: SipResponse): void {
    // A late offer that waits for its answer; once it has gone out the layer repeats it.
    if (this.answer) return;
    const dialog = this.branchOf(response);
    if (!dialog) {
      this.failed({ status: 502, reason: 'Bad Gateway', q850: 38 });
      return;
    }
    dialog.receiveResponse(response);
    const sdp = sdpOf(response) ?? this.early?.get(response.toTag)?.sdp ?? null;
    if (this.isEnded || !sdp) {
      this.dismiss(dialog, response);
      if (!this.isEnded) this.failed({ status: 488, reason: 'No Answer In 200', q850: 88 });
      return;
    }
    this.takeAnswer({ dialog, response, sdp });
  }

  private takeAnswer(answer: {
    readonly dialog: Dialog;
    readonly response: SipResponse;
    readonly sdp: Buffer;
  }): void {
    const { dialog, response, sdp } = answer;
    const { invited } = this;
    const offer = invited?.sdp ?? null;
    this.answer = response;
    this.settleOn(dialog);
    this.wasUpdated = this.agreedSdp !== undefined;
    this.markAnswered();
    this.learn(response);
    this.session.accepted(response);
    this.early = undefined;
    this.silence = undefined;
    // A call that lasts shall not keep what its INVITE was made of.
    this.invited = undefined;
    this.localTag = dialog.localTag;
    if (offer && !this.wasUpdated) this.agree({ local: offer, remote: sdp, peerOffered: false });
    // Its own offer may have been answered before.
    if (offer || this.wasUpdated) this.acknowledge(null);
    else {
      this.early = new Map([
        [dialog.remoteTag, { order: new ReliableOrder(), sdp: Buffer.from(sdp) }],
      ]);
    }
    const { attempt } = this;
    this.attempt = undefined;
    attempt?.onAnswered(this, sdp);
  }

  /** The INVITE's transaction is over with it: no further branch can answer any more but too late. */
  private sendAck(dialog: Dialog, response: SipResponse, sdp: Buffer | null): void {
    const init = sdp ? { headers: { 'content-type': SDP_TYPE }, body: sdp } : {};
    this.transaction?.acknowledge(response, dialog.ack(response.cseq.sequence, init), dialog.flow);
    this.transaction = undefined;
  }

  /** An answer that came too late or is of no use: acknowledged and ended (§13.2.2.4). */
  private dismiss(dialog: Dialog, response: SipResponse): void {
    this.sendAck(dialog, response, null);
    sayTooLate(this.stack, dialog, this.challengeAnswer());
  }

  private branchOf(response: SipResponse): Dialog | undefined {
    const known = this.dialogWith(response.toTag);
    if (known || !this.transaction) return known;
    return Dialog.uac(this.transaction.request, response, this.flow);
  }

  private tooSilent(): void {
    if (this.isEnded || this.dialog) return;
    this.giveUp({ q850: 102, text: 'no reply' }, 408);
    this.attempt?.onFailed(this, { status: 408, reason: 'Request Timeout', q850: 102 });
  }

  private failed(failure: CalleeFailure): void {
    this.silence?.cancel();
    if (!this.markEnded(failure.status, failure.q850)) return;
    this.attempt?.onFailed(this, failure);
  }
}
