import { type OfferTurn, retryAfterSeconds, shareOf } from '@/lib/protocol/sip/offer-turn';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { ALLOWED_METHODS, type SipStack } from '@/lib/switch/stack';
import type { SdpExchange } from './agreed-sdp';
import type { Leg } from './leg';
import type { LegSession } from './leg-session';
import { Reoffer } from './reoffer';
import type { OnLateAnswer } from './repeated-answer';
import { hasForeignBody, SDP_TYPE, sdpOf } from './sdp-body';

/** What a leg lends to the offers of its peer. */
export interface OfferedLeg {
  readonly stack: SipStack;
  readonly turn: OfferTurn;
  readonly session: LegSession;
  readonly leg: Leg;
  readonly agree: (exchange: SdpExchange) => void;
  readonly repeatAnswer: (transaction: ServerTransaction, onLateAnswer?: OnLateAnswer) => void;
}

/** The re-INVITEs and UPDATEs of a leg's peer (RFC 3261 §14.2, RFC 3311 §5.2, RFC 4028 §9). */
export class LegOffers {
  private readonly host: OfferedLeg;
  private pending: Reoffer | undefined;
  private readonly waiting: (() => void)[] = [];

  constructor(host: OfferedLeg) {
    this.host = host;
  }

  /** What is wrong with a request is told before anybody is asked about its SDP. */
  receive(transaction: ServerTransaction, method: 'INVITE' | 'UPDATE'): void {
    const { leg, session, turn, stack } = this.host;
    const { request } = transaction;
    leg.learn(request);
    if (hasForeignBody(request)) {
      transaction.respond(415, undefined, { headers: { accept: SDP_TYPE } });
      return;
    }
    const verdict = session.receive(request);
    if (!verdict.ok) {
      transaction.respond(422, undefined, { headers: { 'min-se': verdict.minSeconds } });
      return;
    }
    const sdp = sdpOf(request);
    const refusal = turn.receive(method, sdp !== null);
    if (refusal !== undefined) {
      const wait = retryAfterSeconds(shareOf(stack.randomToken()));
      const headers = refusal === 500 ? { 'retry-after': wait } : {};
      transaction.respond(refusal, undefined, { headers });
      return;
    }
    if (sdp === null && method === 'UPDATE') {
      // It only refreshes the session (RFC 4028 §7.4) or moves the target.
      turn.finished(method);
      this.respondOk(transaction, null);
      return;
    }
    this.hear(this.open(transaction, method, sdp));
  }

  /** Resolves when nothing of the peer waits for an answer. */
  async settled(): Promise<void> {
    if (this.pending) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The leg is over: what is still open is answered (§15.1.2). */
  end(): void {
    this.pending?.refuse(487);
  }

  private open(
    transaction: ServerTransaction,
    method: 'INVITE' | 'UPDATE',
    sdp: Buffer | null,
  ): Reoffer {
    const { turn } = this.host;
    const close = (): void => {
      turn.finished(method);
      this.pending = undefined;
      // After the answer to it, which goes out in this very turn.
      for (const resume of this.waiting.splice(0)) resume();
    };
    this.pending = new Reoffer(transaction, sdp, {
      accept: (answer) => {
        close();
        this.accept(transaction, answer, sdp);
      },
      offer: (offer, onAnswer) => {
        close();
        this.offer(transaction, offer, onAnswer);
      },
      refuse: (status, reason) => {
        close();
        transaction.respond(status, reason);
      },
    });
    return this.pending;
  }

  private hear(reoffer: Reoffer): void {
    const { leg } = this.host;
    const same = reoffer.sdp && leg.agreedSdp?.answerTo(reoffer.sdp);
    if (same) reoffer.accept(same);
    else if (leg.listener) leg.listener.onReoffer(leg, reoffer);
    else reoffer.refuse(488);
  }

  /** A re-INVITE's 2xx is repeated until its ACK (§14.2). */
  private accept(transaction: ServerTransaction, answer: Buffer, offer: Buffer | null): void {
    this.respondOk(transaction, answer);
    if (offer) this.host.agree({ local: answer, remote: offer, peerOffered: true });
    if (transaction.request.method === 'INVITE') this.host.repeatAnswer(transaction);
  }

  private offer(transaction: ServerTransaction, offer: Buffer, onAnswer: OnLateAnswer): void {
    this.respondOk(transaction, offer);
    this.host.repeatAnswer(transaction, (sdp) => {
      if (sdp) this.host.agree({ local: offer, remote: sdp, peerOffered: false });
      onAnswer(sdp);
    });
  }

  private respondOk(transaction: ServerTransaction, sdp: Buffer | null): void {
    const { leg, session } = this.host;
    transaction.respond(200, 'OK', {
      headers: {
        contact: leg.contactOn(leg.flow),
        allow: ALLOWED_METHODS,
        ...(leg.isTalking ? session.accept(transaction.request) : {}),
        ...(sdp ? { 'content-type': SDP_TYPE } : {}),
      },
      body: sdp ?? undefined,
    });
  }
}
