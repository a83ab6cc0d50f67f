import { createResponse } from '@/lib/protocol/sip/build';
import type { Dialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { glareDelayMs, type OfferTurn, shareOf } from '@/lib/protocol/sip/offer-turn';
import { MIN_SE_SECONDS, raisedInterval } from '@/lib/protocol/sip/session-timer';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { ClientTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import { ALLOWED_METHODS, type SipStack, SUPPORTED_OPTIONS } from '@/lib/switch/stack';
import type { ChallengeAnswer } from './challenge-answer';
import { SDP_TYPE, sdpOf } from './sdp-body';

/** How often an offer of ours is sent again after 491 or 422: two sides that collide thrice are not by chance. */
const MAX_REPEATS = 3;

const SDP_HEADERS = { 'content-type': SDP_TYPE } as const;

/** What a request of ours inside a dialog says beside what the dialog knows. */
export interface AskInit {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /**
   * INVITE and UPDATE that are our own idea: after 491 they are sent again when it is our turn
   * (RFC 3261 §14.1). What is handed on from another leg is not: its 491 goes back to the asker.
   */
  readonly retriesGlare?: boolean;
}

/** A request of ours that is under way. */
export interface Asked {
  /** INVITE: gives up; the final answer still comes. Any other method: does nothing. */
  cancel(): void;
}

/** Says something in a dialog of which no answer is expected: BYE, PRACK. A challenge is answered. */
export function sayInDialog(
  stack: SipStack,
  dialog: Dialog,
  said: {
    readonly method: 'BYE' | 'PRACK';
    readonly headers: Readonly<Record<string, string>>;
    readonly sdp?: Buffer;
    readonly answerChallenge?: ChallengeAnswer | undefined;
  },
): void {
  const send = (credentials: Readonly<Record<string, string>>): void => {
    const request = dialog.request(said.method, {
      headers: { ...said.headers, ...credentials, ...(said.sdp ? SDP_HEADERS : {}) },
      ...(said.sdp ? { body: said.sdp } : {}),
    });
    stack.layer.request(request, dialog.flow, {
      onResponse: (response) => {
        if (response.status !== 401 && response.status !== 407) return;
        const answer = said.answerChallenge?.(request, response);
        if (answer) send(answer);
      },
      onFailure: () => undefined,
    });
  };
  send({});
}

/** What a leg lends to its requests. */
export interface AskingLeg {
  readonly stack: SipStack;
  readonly turn: OfferTurn;
  /** The Contact that the far side is told. */
  readonly contactOn: (flow: Flow) => string;
  /** The dialog to speak in; undefined where there is none yet or any more. */
  readonly speaking: () => Dialog | undefined;
  /** Session-Expires and Min-SE (RFC 4028 §7.4); nothing in an early dialog. */
  readonly sessionHeaders: () => Readonly<Record<string, string>>;
  /** What this leg was last told of its media and agreed to. */
  readonly agreedSdp: () => Buffer | null;
  /** A 2xx to an INVITE or UPDATE of ours. */
  readonly onAccepted: (response: SipResponse) => void;
  /** The peer wants a longer session interval than we asked for. */
  readonly onIntervalRaised: (intervalSeconds: number) => void;
  /** Credentials for a request, where the far side is one that we have any for. */
  readonly challengeAnswer: () => ChallengeAnswer | undefined;
  /** 481, 408 or silence: the far side has no such dialog any more (RFC 3261 §12.2.1.2, RFC 5057). */
  readonly onLost: (status: 408 | 481) => void;
}

type OnFinal = (response: SipResponse | null) => void;

/** A 2xx that bears an offer; its ACK bears our answer. */
export interface LateOffer {
  readonly sdp: Buffer;
  /** Sends the ACK; null where no answer was found: the session stays as it was described last. */
  acknowledge(sdp: Buffer | null): void;
}

interface Asking {
  readonly method: string;
  readonly init: AskInit;
  readonly onFinal: OnFinal;
  /** Set where we ask the peer to offer: the ACK waits for its answer. */
  readonly onOffer?: (offer: LateOffer) => void;
  /** Made at the first challenge; it knows what it has answered. */
  answerChallenge: ChallengeAnswer | undefined;
  credentials: Readonly<Record<string, string>>;
  repeats: number;
  transaction: ClientTransaction | undefined;
  pause: Timer | undefined;
  isCancelled: boolean;
}

/** A 2xx to an INVITE of ours. */
interface Accepted {
  readonly transaction: ClientTransaction | undefined;
  readonly response: SipResponse;
  readonly dialog: Dialog;
}

function acknowledge({ transaction, response, dialog }: Accepted, sdp: Buffer | null): void {
  const init = sdp ? { headers: SDP_HEADERS, body: sdp } : {};
  transaction?.acknowledge(response, dialog.ack(response.cseq.sequence, init), dialog.flow);
}

function isNegotiation(method: string): method is 'INVITE' | 'UPDATE' {
  return method === 'INVITE' || method === 'UPDATE';
}

/** A subscription shares the dialog and ends alone (RFC 5057 §5.1): its loss is not the call's. */
function isOwnUsage(method: string): boolean {
  return method === 'NOTIFY';
}

/**
 * The requests that a leg sends inside its dialog: who may offer and when, what a refusal means for
 * the dialog, and the ACK of each 2xx, as often as it comes.
 */
export class LegRequests {
  private readonly leg: AskingLeg;
  /** INVITEs under way, and whatever waits for its turn. */
  private readonly ongoing = new Set<Asking>();

  constructor(leg: AskingLeg) {
    this.leg = leg;
  }

  /**
   * Sends a request; the final answer is told once, null where there is none. A 2xx to an INVITE is
   * acknowledged here.
   */
  ask(method: string, init: AskInit, onFinal: OnFinal): Asked {
    return this.start({ method, init, onFinal });
  }

  /** A re-INVITE without SDP: the peer offers in its 2xx (§14.1), the ACK is the caller's to send. */
  askForOffer(onOffer: (offer: LateOffer) => void, onRefused: OnFinal): Asked {
    return this.start({ method: 'INVITE', init: {}, onFinal: onRefused, onOffer });
  }

  /** The leg is over: what is under way is given up. */
  end(): void {
    for (const asking of [...this.ongoing]) this.cancel(asking);
  }

  private start(asking: Pick<Asking, 'method' | 'init' | 'onFinal' | 'onOffer'>): Asked {
    const started: Asking = {
      ...asking,
      answerChallenge: undefined,
      credentials: {},
      repeats: 0,
      transaction: undefined,
      pause: undefined,
      isCancelled: false,
    };
    if (started.method === 'INVITE' || started.init.retriesGlare) this.ongoing.add(started);
    this.send(started);
    return { cancel: () => this.cancel(started) };
  }

  private cancel(asking: Asking): void {
    if (asking.isCancelled) return;
    asking.isCancelled = true;
    asking.transaction?.cancel();
    if (!asking.pause) return;
    asking.pause.cancel();
    this.tell(asking, null);
  }

  private tell(asking: Asking, response: SipResponse | null): void {
    this.ongoing.delete(asking);
    asking.onFinal(response);
  }

  private send(asking: Asking): void {
    const { stack, turn } = this.leg;
    const { method, init } = asking;
    asking.pause = undefined;
    const dialog = this.leg.speaking();
    if (!dialog) {
      this.tell(asking, null);
      return;
    }
    const isOurTurn = !isNegotiation(method) || turn.begin(method, init.body !== undefined);
    const request = this.requestOf(dialog, asking);
    if (!isOurTurn) {
      // The same as if the peer had said it: another offer is under way on this leg.
      this.refused(asking, createResponse(request, { status: 491 }));
      return;
    }
    let isAnswered = false;
    asking.transaction = stack.layer.request(request, dialog.flow, {
      onResponse: (response) => {
        // A 2xx that is repeated waits for our answer still; once it has gone out the layer repeats it.
        if (response.status < 200 || isAnswered) return;
        isAnswered = true;
        this.finished(asking, dialog, response);
      },
      onFailure: (kind) => {
        if (isNegotiation(method)) turn.finished(method);
        this.tell(asking, null);
        if (kind === 'timeout' && !isOwnUsage(method)) this.leg.onLost(408);
      },
    });
  }

  private requestOf(dialog: Dialog, { method, init, credentials }: Asking): SipRequest {
    return dialog.request(method, {
      ...init,
      headers: {
        contact: this.leg.contactOn(dialog.flow),
        ...(isNegotiation(method)
          ? {
              allow: ALLOWED_METHODS,
              supported: SUPPORTED_OPTIONS,
              ...this.leg.sessionHeaders(),
              ...(init.body ? SDP_HEADERS : {}),
            }
          : {}),
        ...init.headers,
        ...credentials,
      },
    });
  }

  private finished(asking: Asking, dialog: Dialog, response: SipResponse): void {
    const { method, transaction } = asking;
    if (response.status >= 300) {
      if (isNegotiation(method)) this.leg.turn.finished(method);
      this.refused(asking, response);
      return;
    }
    if (!isNegotiation(method)) {
      this.tell(asking, response);
      return;
    }
    dialog.refreshTarget(response);
    const accepted = { transaction, response, dialog };
    const offer = asking.onOffer ? sdpOf(response) : null;
    if (asking.onOffer && offer) {
      this.ongoing.delete(asking);
      this.leg.onAccepted(response);
      this.offered(asking.onOffer, offer, (sdp) => acknowledge(accepted, sdp));
      return;
    }
    this.leg.turn.finished(method);
    if (method === 'INVITE') acknowledge(accepted, null);
    this.leg.onAccepted(response);
    this.tell(asking, response);
  }

  /** A late offer: nothing is acknowledged before its answer is known. */
  private offered(
    onOffer: (offer: LateOffer) => void,
    offer: Buffer,
    acknowledge: (sdp: Buffer | null) => void,
  ): void {
    let isAnswered = false;
    onOffer({
      sdp: offer,
      acknowledge: (sdp) => {
        if (isAnswered) return;
        isAnswered = true;
        this.leg.turn.finished('INVITE');
        acknowledge(sdp ?? this.leg.agreedSdp());
      },
    });
  }

  private refused(asking: Asking, response: SipResponse): void {
    const { method, init } = asking;
    if (this.answeredChallenge(asking, response)) return;
    const raised = isNegotiation(method) ? this.raised(response) : null;
    const isGlare = response.status === 491 && init.retriesGlare === true;
    if ((raised !== null || isGlare) && asking.repeats < MAX_REPEATS && !asking.isCancelled) {
      asking.repeats += 1;
      if (raised !== null) this.leg.onIntervalRaised(raised);
      this.again(asking, raised === null ? this.glareDelayMs() : 0);
      return;
    }
    this.tell(asking, response);
    if (response.status === 481 || response.status === 408) this.leg.onLost(response.status);
  }

  /** Asked who we are: the request again, with credentials, if they are for this far side. */
  private answeredChallenge(asking: Asking, response: SipResponse): boolean {
    if (response.status !== 401 && response.status !== 407) return false;
    asking.answerChallenge ??= this.leg.challengeAnswer();
    const { answerChallenge, transaction, isCancelled } = asking;
    if (!answerChallenge || !transaction || isCancelled) return false;
    const credentials = answerChallenge(transaction.request, response);
    if (!credentials) return false;
    asking.credentials = { ...asking.credentials, ...credentials };
    this.send(asking);
    return true;
  }

  private again(asking: Asking, delayMs: number): void {
    if (delayMs === 0) this.send(asking);
    else asking.pause = this.leg.stack.timers.after(delayMs, () => this.send(asking));
  }

  private raised(response: SipResponse): number | null {
    const asked = Number.parseInt(this.leg.sessionHeaders()['session-expires'] ?? '', 10);
    return raisedInterval(Number.isNaN(asked) ? MIN_SE_SECONDS : asked, response);
  }

  /** We own the Call-ID of the dialogs that we began (§14.1). */
  private glareDelayMs(): number {
    const { stack } = this.leg;
    const ownsCallId = this.leg.speaking()?.role === 'uac';
    return glareDelayMs(ownsCallId, shareOf(stack.randomToken()));
  }
}
