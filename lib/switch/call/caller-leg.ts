import { Dialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest } from '@/lib/protocol/sip/message';
import { shareOf } from '@/lib/protocol/sip/offer-turn';
import { firstRseq, ReliableProvisionals, readRack } from '@/lib/protocol/sip/reliable-provisional';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { isSipsUri } from '@/lib/protocol/sip/uri';
import { ALLOWED_METHODS, type SipStack } from '@/lib/switch/stack';
import { type HangUpCause, Leg, type LegStart } from './leg';
import type { CallingParty, ProgressStatus, Refusal } from './party';
import { ELSEWHERE, isAnsweredElsewhere } from './refusals';
import type { OnLateAnswer } from './repeated-answer';
import { SDP_TYPE, sdpOf } from './sdp-body';

/** Nobody rings for longer than a day, whatever its Expires says. */
const MAX_EXPIRES_SECONDS = 86_400;

/** The leg of whoever called us: the server side of an INVITE. */
export class CallerLeg extends Leg implements CallingParty {
  /** The caller gave up before the answer, or is lost; with the Q.850 cause. */
  onCancelled: ((q850: number) => void) | undefined;
  readonly maxForwards: number;
  readonly needsTls: boolean;
  /** Until it is answered: a call that lasts shall not keep its INVITE. */
  private transaction: ServerTransaction | undefined;
  /** Where the caller requires it, provisionals are repeated until it has heard them (RFC 3262). */
  private readonly reliable: ReliableProvisionals | undefined;
  private lastRung: string | undefined;
  /** The caller's own limit (§13.3.1). */
  private expiry: Timer | undefined;
  private answered = false;
  /** The answer, or an early offer, went in a reliable provisional, and its PRACK has come. */
  private wasAnswerHeard = false;
  /** What we offered before the answer, to a caller that did not offer; then what it answered. */
  private early: { readonly sdp: Buffer; readonly onAnswer: OnLateAnswer } | undefined;
  private earlyAnswer: Buffer | undefined;

  constructor(
    stack: SipStack,
    start: Omit<LegStart, 'flow'> & { readonly transaction: ServerTransaction },
  ) {
    const { id, identity, isKin, transaction } = start;
    super(stack, { id, identity, isKin, flow: transaction.flow });
    this.transaction = transaction;
    transaction.onCancel = (cancel) => this.cancelled(cancel);
    transaction.onFailure = () => this.lost();
    const { request } = transaction;
    this.maxForwards = request.maxForwards;
    this.needsTls = isSipsUri(request.uri);
    this.learn(request);
    this.turn.receive('INVITE', sdpOf(request) !== null);
    this.expiry = this.limitOf(request);
    const isRequired = request
      .headers('require')
      .some((option) => option.toLowerCase() === '100rel');
    if (!isRequired) return;
    this.reliable = new ReliableProvisionals({
      timers: stack.timers,
      inviteSequence: request.cseq.sequence,
      firstRseq: firstRseq(shareOf(stack.randomToken())),
      resend: () => transaction.resend(),
      onGiveUp: () => this.neverHeard(),
    });
  }

  get isOwn(): true {
    return true;
  }

  get leg(): this {
    return this;
  }

  /** Of the INVITE, or what its PRACK answered to an early offer; until it is answered. */
  get offer(): Buffer | null {
    if (!this.transaction) return null;
    return this.earlyAnswer ?? sdpOf(this.transaction.request);
  }

  get takesEarlyOffer(): boolean {
    return this.reliable !== undefined && this.offer === null;
  }

  get hasEarlySession(): boolean {
    return this.early !== undefined;
  }

  /** Whether a dialog can come of the INVITE: without a usable Contact none can (§12.1.1). */
  get isUsable(): boolean {
    return this.openDialog() !== undefined;
  }

  /** A provisional answer, with the SDP of early media where there is some. */
  progress(status: ProgressStatus, sdp: Buffer | null): void {
    if (this.isEnded || this.answered || !this.openDialog()) return;
    this.markRinging();
    const { reliable } = this;
    if (!reliable) {
      this.provisional(status, sdp, {});
      return;
    }
    // §13.2.1: the first reliable answer to an INVITE without SDP has to be our offer.
    const rung = `${status} ${sdp?.toString('latin1') ?? ''}`;
    if ((this.offer === null && !this.early) || rung === this.lastRung) return;
    this.lastRung = rung;
    reliable.send({
      hasSdp: sdp !== null,
      send: (rseq) => this.provisional(status, sdp, { require: '100rel', rseq: String(rseq) }),
    });
  }

  /** A callee's offer in a reliable provisional; the PRACK has to bring the answer (RFC 3262 §5). */
  offerEarly(status: ProgressStatus, sdp: Buffer, onAnswer: OnLateAnswer): boolean {
    const { reliable } = this;
    if (!reliable || this.early || this.isEnded || this.answered || !this.openDialog())
      return false;
    this.early = { sdp, onAnswer };
    this.turn.offered();
    this.markRinging();
    reliable.send({
      hasSdp: true,
      send: (rseq) => this.provisional(status, sdp, { require: '100rel', rseq: String(rseq) }),
    });
    return true;
  }

  /**
   * SDP in a reliable provisional has to be heard before the 200 (RFC 3262 §3), and an offer that
   * came since has to be answered (RFC 6337 §2.2).
   */
  async readyToAnswer(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.reliable) this.reliable.beforeAnswer(resolve);
      else resolve();
    });
    await this.offersSettled();
  }

  /**
   * 200 with our answer; or with our offer, whose answer `onLateAnswer` gets from the ACK (null where
   * it brings none); without either where both have been said before (RFC 3261 §13.2.1). False: too
   * late, the caller is gone.
   */
  answer(sdp: Buffer, onLateAnswer?: OnLateAnswer): boolean {
    if (this.isEnded || this.answered) return false;
    const dialog = this.openDialog();
    const { transaction, offer } = this;
    if (!dialog || !transaction) return false;
    this.answered = true;
    this.stopWaiting();
    transaction.respond(200, 'OK', {
      headers: {
        contact: this.contactOn(this.flow),
        allow: ALLOWED_METHODS,
        ...this.session.accept(transaction.request),
        ...(this.early ? {} : { 'content-type': SDP_TYPE }),
      },
      body: this.early ? undefined : sdp,
    });
    dialog.confirm();
    this.markAnswered();
    this.turn.finished('INVITE');
    if (offer && !this.agreedSdp) this.agree({ local: sdp, remote: offer, peerOffered: true });
    this.repeatAnswer(
      transaction,
      onLateAnswer &&
        ((answer) => {
          if (answer) this.agree({ local: sdp, remote: answer, peerOffered: false });
          onLateAnswer(answer);
        }),
    );
    transaction.onCancel = undefined;
    transaction.onFailure = undefined;
    this.onCancelled = undefined;
    this.transaction = undefined;
    this.early = undefined;
    this.earlyAnswer = undefined;
    return true;
  }

  /** A final answer other than 2xx. */
  refuse(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): void {
    if (this.answered || !this.markEnded(refusal.status, refusal.q850)) return;
    this.stopWaiting();
    this.transaction?.respond(refusal.status, refusal.reason, { headers });
  }

  hangUp(cause: HangUpCause): void {
    if (!this.answered) {
      this.refuse(
        { status: 480, q850: cause.q850 },
        { reason: `Q.850;cause=${cause.q850};text="${cause.text}"` },
      );
      return;
    }
    if (this.isEnded) return;
    this.sendBye(cause);
    this.markEnded(200, cause.q850);
  }

  override breakOff(cause: HangUpCause): void {
    if (this.answered || this.isEnded) {
      super.breakOff(cause);
      return;
    }
    this.refuse({ status: 504, q850: cause.q850 });
    this.onCancelled?.(cause.q850);
  }

  protected override get isSips(): boolean {
    return this.needsTls;
  }

  protected override get hasReliableAnswer(): boolean {
    return this.wasAnswerHeard || this.reliable?.holdsAnswer === true;
  }

  protected override onPrack(transaction: ServerTransaction, request: SipRequest): void {
    if (!this.reliable?.acknowledge(readRack(request))) {
      transaction.respond(481);
      return;
    }
    // The answer is known to the caller: from here on the early dialog can be updated (RFC 3311).
    if (this.reliable.wasSdpHeard && !this.wasAnswerHeard) {
      this.wasAnswerHeard = true;
      this.turn.answered();
      if (this.early) {
        this.answeredEarly(this.early, transaction);
        return;
      }
    }
    if (sdpOf(request)) this.receiveOffer(transaction);
    else transaction.respond(200);
  }

  private answeredEarly(
    { sdp, onAnswer }: { readonly sdp: Buffer; readonly onAnswer: OnLateAnswer },
    transaction: ServerTransaction,
  ): void {
    const answer = sdpOf(transaction.request);
    transaction.respond(200);
    if (answer) {
      this.earlyAnswer = Buffer.from(answer);
      this.agree({ local: sdp, remote: answer, peerOffered: false });
    }
    onAnswer(answer);
  }

  /** A BYE before the answer ends the INVITE as well (§15.1.2). */
  protected override onByeReceived(): void {
    if (this.answered) return;
    this.stopWaiting();
    this.transaction?.respond(487);
  }

  private provisional(
    status: ProgressStatus,
    sdp: Buffer | null,
    headers: Readonly<Record<string, string>>,
  ): void {
    this.transaction?.respond(status, undefined, {
      headers: {
        contact: this.contactOn(this.flow),
        allow: ALLOWED_METHODS,
        ...headers,
        ...(sdp ? { 'content-type': SDP_TYPE } : {}),
      },
      body: sdp ?? undefined,
    });
  }

  /** An INVITE with Expires is not answered after it (§13.3.1). */
  private limitOf(request: SipRequest): Timer | undefined {
    const text = request.header('expires') ?? '';
    if (!/^\d{1,10}$/.test(text)) return undefined;
    const seconds = Math.min(Number(text), MAX_EXPIRES_SECONDS);
    return this.stack.timers.after(seconds * 1_000, () => {
      this.refuse({ status: 487, q850: 102 });
      this.onCancelled?.(102);
    });
  }

  private stopWaiting(): void {
    this.reliable?.stop();
    this.expiry?.cancel();
  }

  private openDialog(): Dialog | undefined {
    if (!this.dialog && this.transaction) {
      const dialog = Dialog.uas(this.transaction, this.identity.sipCallId);
      if (dialog) this.adopt(dialog);
    }
    return this.dialog;
  }

  private cancelled(cancel: SipRequest): void {
    const q850 = isAnsweredElsewhere(cancel.headers('reason')) ? ELSEWHERE.q850 : 16;
    if (this.answered || !this.markEnded(487, q850)) return;
    this.stopWaiting();
    this.transaction?.respond(487);
    this.onCancelled?.(q850);
  }

  /** Our refusal was never acknowledged, or its flow is gone: nothing is left to say. */
  private lost(): void {
    if (this.answered || !this.markEnded(487, 41)) return;
    this.stopWaiting();
    this.onCancelled?.(41);
  }

  /** No PRACK within 64·T1 (RFC 3262 §3). */
  private neverHeard(): void {
    this.refuse({ status: 504, reason: 'No PRACK', q850: 102 });
    this.onCancelled?.(102);
  }
}
