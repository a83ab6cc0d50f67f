import type { Uuid } from '@/lib/core/ids';
import { Dialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { ALLOWED_METHODS, type SipStack } from '@/lib/switch/stack';
import { type HangUpCause, Leg, type LegIdentity, SDP_TYPE } from './leg';
import type { CallingParty, ProgressStatus, Refusal } from './party';

/** The leg of whoever called us: the server side of an INVITE. */
export class CallerLeg extends Leg implements CallingParty {
  readonly isOwn = true;
  /** The caller gave up before the answer. */
  onCancelled: (() => void) | undefined;
  private readonly transaction: ServerTransaction;
  private answered = false;

  constructor(
    stack: SipStack,
    start: { id: Uuid; identity: LegIdentity; transaction: ServerTransaction },
  ) {
    super(stack, { id: start.id, identity: start.identity, flow: start.transaction.flow });
    this.transaction = start.transaction;
    this.transaction.onCancel = () => this.cancelled();
    this.transaction.onFailure = () => this.lost();
  }

  get leg(): this {
    return this;
  }

  get request(): SipRequest {
    return this.transaction.request;
  }

  get offer(): Buffer {
    return this.request.body;
  }

  get maxForwards(): number {
    return this.request.maxForwards;
  }

  /** Whether a dialog can come of the INVITE: without a usable Contact none can (§12.1.1). */
  get isUsable(): boolean {
    return this.openDialog() !== undefined;
  }

  /** A provisional answer, with the SDP of early media where there is some. */
  progress(status: ProgressStatus, sdp: Buffer | null): void {
    if (this.isEnded || this.answered || !this.openDialog()) return;
    this.markRinging();
    this.transaction.respond(status, undefined, {
      headers: {
        contact: this.stack.contactOn(this.flow),
        ...(sdp ? { 'content-type': SDP_TYPE } : {}),
      },
      body: sdp ?? undefined,
    });
  }

  /** 200 with our answer. False: too late, the caller is gone. */
  answer(sdp: Buffer): boolean {
    if (this.isEnded || this.answered) return false;
    const dialog = this.openDialog();
    if (!dialog) return false;
    this.answered = true;
    this.transaction.respond(200, 'OK', {
      headers: {
        contact: this.stack.contactOn(this.flow),
        allow: ALLOWED_METHODS,
        'content-type': SDP_TYPE,
      },
      body: sdp,
    });
    dialog.confirm();
    this.markAnswered();
    this.repeatAnswer(this.transaction);
    return true;
  }

  /** A final answer other than 2xx. */
  refuse(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): void {
    if (this.answered || !this.markEnded(refusal.status, refusal.q850)) return;
    this.transaction.respond(refusal.status, refusal.reason, { headers });
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

  private openDialog(): Dialog | undefined {
    if (!this.dialog) {
      const dialog = Dialog.uas(this.transaction);
      if (dialog) this.adopt(dialog);
    }
    return this.dialog;
  }

  /** A BYE before the answer ends the INVITE as well (§15.1.2). */
  protected override onByeReceived(): void {
    if (!this.answered) this.transaction.respond(487);
  }

  private cancelled(): void {
    if (this.answered || !this.markEnded(487, 16)) return;
    this.transaction.respond(487);
    this.onCancelled?.();
  }

  /** Our refusal was never acknowledged, or its flow is gone: nothing is left to say. */
  private lost(): void {
    if (this.answered || !this.markEnded(487, 41)) return;
    this.onCancelled?.();
  }
}
