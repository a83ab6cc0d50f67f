import type { Uuid } from '@/lib/core/ids';
import type { Dialog, DialogSnapshot } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { type AnswerRetransmission, retransmitAnswer } from '@/lib/protocol/sip/retransmit-answer';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';
import { ALLOWED_METHODS, type DialogUser, type SipStack } from '@/lib/switch/stack';
import { q850OfReasons } from './refusals';

export const SDP_TYPE = 'application/sdp';

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
}

/** What a leg tells its call once it is part of a conversation. */
export interface LegListener {
  /** The far side said BYE, or is lost. The leg is over. */
  onHungUp(leg: Leg, cause: HangUpCause | null): void;
  /** A new offer on a running leg (hold, codec change). Answer by the transaction. */
  onReoffer(leg: Leg, transaction: ServerTransaction, request: SipRequest): void;
  /** Anything else inside the dialog that the other side should hear (INFO). */
  onInfo(leg: Leg, transaction: ServerTransaction, request: SipRequest): void;
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
  listener: LegListener | undefined;
  protected readonly stack: SipStack;
  /** The 2xx of an INVITE that is being repeated until its ACK comes. */
  private repeating:
    | { readonly sequence: number; readonly answer: AnswerRetransmission }
    | undefined;
  private currentDialog: Dialog | undefined;
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

  onRequest(transaction: ServerTransaction, request: SipRequest, flow: Flow): void {
    const dialog = this.currentDialog;
    // Tags can be overheard; the address can't be forged for long. Anyone else is a stranger.
    if (!dialog || this.isEnded || flow.remote.address !== dialog.flow.remote.address) {
      transaction.respond(481);
      return;
    }
    const verdict = dialog.receiveRequest(request);
    if (!verdict.ok) {
      transaction.respond(verdict.status, verdict.reason);
      return;
    }
    dialog.flow = flow;
    switch (request.method) {
      case 'BYE':
        transaction.respond(200);
        this.onByeReceived();
        this.hungUp(request);
        return;
      case 'INVITE':
      case 'UPDATE':
        this.reoffered(transaction, request);
        return;
      case 'INFO':
        if (this.listener) this.listener.onInfo(this, transaction, request);
        else transaction.respond(200);
        return;
      case 'OPTIONS':
        transaction.respond(200, 'OK', { headers: { allow: ALLOWED_METHODS } });
        return;
      default:
        transaction.respond(405, undefined, { headers: { allow: ALLOWED_METHODS } });
    }
  }

  onAck(request: SipRequest, flow: Flow): void {
    if (flow.remote.address !== this.flow.remote.address) return;
    if (this.repeating?.sequence === request.cseq.sequence) this.repeating.answer.stop();
  }

  /** Says yes to a new offer on the running leg (§14.2): like any 2xx, repeated until the ACK. */
  acceptOffer(transaction: ServerTransaction, sdp: Buffer): void {
    // Cancelled meanwhile: it has its 487, and a 2xx that never went out must not be repeated.
    if ((transaction.status ?? 0) >= 200) return;
    if (this.isEnded) {
      transaction.respond(487);
      return;
    }
    transaction.respond(200, 'OK', {
      headers: { contact: this.stack.contactOn(this.flow), 'content-type': SDP_TYPE },
      body: sdp,
    });
    if (transaction.request.method === 'INVITE') this.repeatAnswer(transaction);
  }

  /** Sends a request of ours inside the dialog; undefined where there is none yet or any more. */
  ask(
    method: string,
    init: { headers?: Readonly<Record<string, string>>; body?: Buffer },
    onFinal: (response: SipResponse | null) => void,
  ): void {
    const dialog = this.currentDialog;
    if (!dialog || this.isEnded) {
      onFinal(null);
      return;
    }
    const contact = this.stack.contactOn(dialog.flow);
    const request = dialog.request(method, { ...init, headers: { contact, ...init.headers } });
    this.stack.layer.request(request, dialog.flow, {
      onResponse: (response) => {
        if (response.status < 200) return;
        if (method === 'INVITE' && response.status < 300) {
          dialog.refreshTarget(response);
          this.stack.layer.send(dialog.ack(response.cseq.sequence), dialog.flow);
        }
        onFinal(response);
      },
      onFailure: () => onFinal(null),
    });
  }

  /** Ends the leg from our side, whatever state it is in. */
  abstract hangUp(cause: HangUpCause): void;

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

  protected adopt(dialog: Dialog): void {
    if (this.currentDialog?.key === dialog.key) return;
    if (this.currentDialog) this.stack.dialogs.delete(this.currentDialog.key);
    this.currentDialog = dialog;
    this.stack.dialogs.set(dialog.key, this);
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
    this.repeating?.answer.stop();
    if (this.currentDialog) {
      this.currentDialog.end();
      this.stack.dialogs.delete(this.currentDialog.key);
    }
    return true;
  }

  /** Repeats the 2xx just sent until its ACK comes; without one the leg is hung up (§13.3.1.4). */
  protected repeatAnswer(transaction: ServerTransaction): void {
    this.repeating?.answer.stop();
    const answer = retransmitAnswer(transaction, {
      timers: this.stack.timers,
      onGiveUp: () => this.neverAcknowledged(),
    });
    this.repeating = { sequence: transaction.request.cseq.sequence, answer };
  }

  protected sendBye(cause: HangUpCause): void {
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
    const cause = { q850: 102, text: 'no ACK' };
    if (this.isEnded) return;
    this.sendBye(cause);
    this.markEnded(408, cause.q850);
    this.listener?.onHungUp(this, cause);
  }

  private hungUp(request: SipRequest): void {
    const q850 = q850OfReasons(request.headers('reason'));
    if (!this.markEnded(200, q850 ?? 16)) return;
    this.listener?.onHungUp(this, q850 === null ? null : { q850, text: 'far side' });
  }

  private reoffered(transaction: ServerTransaction, request: SipRequest): void {
    if (this.listener && this.isTalking) this.listener.onReoffer(this, transaction, request);
    else transaction.respond(488);
  }
}
