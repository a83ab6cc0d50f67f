import { AppError } from '@/lib/core/errors';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Call } from './call';
import { CallMedia, type MediaFigures } from './call-media';
import type { CallEnvironment } from './environment';
import { type HangUpCause, type Leg, type LegListener, SDP_TYPE } from './leg';
import { relayedStatus } from './refusals';

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
  private readonly environment: CallEnvironment;
  /** Those that are not over, the oldest first. */
  private readonly calls: Call[] = [];
  /** Connected legs: the first alone until somebody answers. */
  private parties: readonly Leg[];
  private over = false;
  private closing: Promise<MediaFigures> | undefined;

  constructor(environment: CallEnvironment, start: { sessionId: string; leg: Leg }) {
    this.environment = environment;
    this.media = new CallMedia(environment.media, start.sessionId);
    this.parties = [start.leg];
    start.leg.listener = this;
  }

  /** Opens the media session. Throws where no port is left. */
  open(): void {
    const { stack } = this.environment;
    const [first] = this.parties;
    if (!first) return;
    this.media.open(first.id, stack.timers, (reason) => {
      stack.log.info('call.media_dead', { callId: this.calls[0]?.callId, reason });
      this.end({ leg: null, q850: 102 });
    });
  }

  /** A further call that lives and dies with the others. */
  join(call: Call): void {
    this.calls.push(call);
  }

  /** Two legs talk from here on. */
  connect(one: Leg, other: Leg): void {
    this.parties = [one, other];
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
    const index = this.calls.indexOf(call);
    if (index >= 0) this.calls.splice(index, 1);
    if (!this.over && this.calls.length > 0) return this.media.figures();
    this.over = true;
    this.closing ??= this.media.close();
    return this.closing;
  }

  onHungUp(leg: Leg, cause: HangUpCause | null): void {
    // One that lost the race, or left the conversation before, ends nothing.
    if (this.parties.includes(leg)) this.end({ leg, q850: cause?.q850 ?? 16 });
  }

  onReoffer(leg: Leg, transaction: ServerTransaction, request: SipRequest): void {
    const other = this.otherThan(leg);
    if (!other || request.body.length === 0) {
      // Without a body an UPDATE only refreshes the session; a re-INVITE asks us to offer.
      if (request.method === 'UPDATE') transaction.respond(200);
      else transaction.respond(488);
      return;
    }
    this.reoffer({ leg, other, transaction, request }).catch((error: unknown) => {
      this.environment.stack.log.info('call.reoffer', { callId: this.calls[0]?.callId, error });
      const glare = error instanceof AppError && error.code === 'CONFLICT';
      transaction.respond(glare ? 491 : 488);
    });
  }

  onInfo(leg: Leg, transaction: ServerTransaction, request: SipRequest): void {
    const other = this.otherThan(leg);
    if (!other) {
      transaction.respond(200);
      return;
    }
    const type = request.header('content-type');
    other.ask(
      'INFO',
      { ...(type ? { headers: { 'content-type': type } } : {}), body: request.body },
      (response) => transaction.respond(response?.status ?? 408),
    );
  }

  /** Whom a leg talks to. */
  private otherThan(leg: Leg): Leg | undefined {
    return this.parties.includes(leg) ? this.parties.find((party) => party !== leg) : undefined;
  }

  /** The far side answers the offer; the one who offered gets that answer, media rewritten. */
  private async reoffer(offer: {
    leg: Leg;
    other: Leg;
    transaction: ServerTransaction;
    request: SipRequest;
  }): Promise<void> {
    const { leg, other, transaction, request } = offer;
    const towards = await this.media.update(leg, other, request.body);
    other.ask('INVITE', { headers: { 'content-type': SDP_TYPE }, body: towards }, (response) => {
      if (!response || response.status >= 300 || response.body.length === 0) {
        this.media.rollback();
        transaction.respond(response ? relayedStatus(response.status) : 408);
        return;
      }
      this.media.answer(other, leg, response.body).then(
        (body) => leg.acceptOffer(transaction, body),
        () => transaction.respond(488),
      );
    });
  }
}
