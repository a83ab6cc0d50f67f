import type { Uuid } from '@/lib/core/ids';
import { createRequest } from '@/lib/protocol/sip/build';
import { Dialog, responseDialogKey } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { ClientTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import { ALLOWED_METHODS, type SipStack } from '@/lib/switch/stack';
import { type HangUpCause, Leg, type LegIdentity, SDP_TYPE } from './leg';
import { q850OfReasons, q850OfStatus } from './refusals';

/**
 * Whoever does not even say 100 in this time is taken for dead and the next route is tried; RFC
 * 3261's 64·T1 (32 s) is longer than a caller waits. A server answers an INVITE within 200 ms
 * (§17.2.1).
 */
const SILENCE_LIMIT_MS = 6_000;

/** What the INVITE of a leg says. */
export interface CalleeInvite {
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly maxForwards: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly sdp: Buffer;
  /**
   * Headers that answer a challenge, made of credentials that are for this very far side; undefined
   * where there are none that fit, or they have been tried (§22.2).
   */
  readonly authenticate?: ChallengeAnswer | undefined;
}

/** Answers 401 or 407 to a request of ours. */
export type ChallengeAnswer = (
  request: SipRequest,
  response: SipResponse,
) => Readonly<Record<string, string>> | undefined;

/** How an attempt on a leg goes on. */
export interface CalleeListener {
  onProvisional(leg: CalleeLeg, status: number, sdp: Buffer | null): void;
  /** 200 with an answer; it is acknowledged already. */
  onAnswered(leg: CalleeLeg, sdp: Buffer): void;
  /** A refusal, silence or a broken flow; the leg is over. */
  onFailed(leg: CalleeLeg, failure: CalleeFailure): void;
}

export interface CalleeFailure {
  readonly status: number;
  readonly reason: string | undefined;
  readonly q850: number;
}

/** The leg of whom we call: the client side of an INVITE, one dialog in the end. */
export class CalleeLeg extends Leg {
  private readonly attempt: CalleeListener;
  private transaction: ClientTransaction | undefined;
  private silence: Timer | undefined;
  private answeredKey: string | undefined;
  private givenUp = false;
  private readonly localTag: string;
  private invited: CalleeInvite | undefined;

  constructor(
    stack: SipStack,
    start: { id: Uuid; identity: LegIdentity; flow: Flow; listener: CalleeListener },
  ) {
    super(stack, start);
    this.attempt = start.listener;
    this.localTag = stack.randomToken();
  }

  /** Sends the INVITE. */
  invite(invite: CalleeInvite): void {
    this.invited = invite;
    this.send(invite, 1, {});
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
        contact: this.stack.contactOn(this.flow),
        allow: ALLOWED_METHODS,
        ...invite.headers,
        ...credentials,
        'content-type': SDP_TYPE,
      },
      body: invite.sdp,
    });
    this.silence = this.stack.timers.after(SILENCE_LIMIT_MS, () => this.tooSilent());
    this.transaction = this.stack.layer.request(request, this.flow, {
      onResponse: (response) => this.responded(response),
      onFailure: (failure) => {
        this.failed({ status: failure === 'timeout' ? 408 : 503, reason: undefined, q850: 41 });
      },
    });
  }

  /** Gives up ringing, or ends the conversation. */
  hangUp(cause: HangUpCause): void {
    if (this.isEnded) return;
    this.silence?.cancel();
    if (this.isTalking) {
      this.sendBye(cause);
      this.markEnded(200, cause.q850);
      return;
    }
    this.giveUp(cause, 487);
  }

  private giveUp(cause: HangUpCause, status: number): void {
    this.givenUp = true;
    this.transaction?.cancel({ reason: `Q.850;cause=${cause.q850};text="${cause.text}"` });
    this.markEnded(status, cause.q850);
  }

  private responded(response: SipResponse): void {
    this.silence?.cancel();
    if (response.status >= 300) {
      if (this.answeredChallenge(response)) return;
      const q850 = q850OfReasons(response.headers('reason')) ?? q850OfStatus(response.status);
      this.failed({ status: response.status, reason: response.reason, q850 });
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
    this.send(invited, response.cseq.sequence + 1, credentials);
    return true;
  }

  private progressed(response: SipResponse): void {
    if (response.toTag !== '') {
      const known = this.dialog?.key === responseDialogKey(response) ? this.dialog : undefined;
      const dialog = known ?? this.dialogOf(response);
      if (dialog) {
        dialog.receiveResponse(response);
        this.adopt(dialog);
      }
    }
    this.markRinging();
    this.attempt.onProvisional(this, response.status, sdpOf(response));
  }

  private accepted(response: SipResponse): void {
    const key = responseDialogKey(response);
    if (this.answeredKey === key && this.dialog) {
      // A repeated 2xx: our ACK was lost.
      this.stack.layer.send(this.dialog.ack(response.cseq.sequence), this.dialog.flow);
      return;
    }
    const dialog = this.dialog?.key === key ? this.dialog : this.dialogOf(response);
    if (!dialog) {
      this.failed({ status: 502, reason: 'Bad Gateway', q850: 38 });
      return;
    }
    dialog.receiveResponse(response);
    this.stack.layer.send(dialog.ack(response.cseq.sequence), dialog.flow);
    const sdp = sdpOf(response);
    if (this.givenUp || this.answeredKey !== undefined || !sdp) {
      this.dismiss(dialog);
      if (!sdp && !this.givenUp && this.answeredKey === undefined) {
        this.failed({ status: 488, reason: 'No Answer In 200', q850: 88 });
      }
      return;
    }
    this.answeredKey = key;
    this.adopt(dialog);
    this.markAnswered();
    this.attempt.onAnswered(this, sdp);
  }

  /** An answer that came too late, or from a second branch: acknowledged already, ended now. */
  private dismiss(dialog: Dialog): void {
    const bye = dialog.request('BYE', { headers: { reason: 'SIP;cause=487;text="too late"' } });
    dialog.end();
    this.stack.layer.request(bye, dialog.flow, {
      onResponse: () => undefined,
      onFailure: () => undefined,
    });
  }

  private dialogOf(response: SipResponse): Dialog | undefined {
    return this.transaction && Dialog.uac(this.transaction.request, response, this.flow);
  }

  private tooSilent(): void {
    if (this.isEnded || this.dialog) return;
    this.giveUp({ q850: 102, text: 'no reply' }, 408);
    this.attempt.onFailed(this, { status: 408, reason: 'Request Timeout', q850: 102 });
  }

  private failed(failure: CalleeFailure): void {
    this.silence?.cancel();
    if (!this.markEnded(failure.status, failure.q850)) return;
    this.attempt.onFailed(this, failure);
  }
}

function sdpOf(response: SipResponse): Buffer | null {
  const type = response.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === SDP_TYPE && response.body.length > 0 ? response.body : null;
}
