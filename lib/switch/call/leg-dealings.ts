import { OfferTurn } from '@/lib/protocol/sip/offer-turn';
import type { HangUpCause } from './leg';
import type { LegOffers } from './leg-offers';
import type { LegRequests } from './leg-requests';
import type { RepeatedAnswer } from './repeated-answer';

/**
 * What a leg has while something is being agreed on: set up, offered anew, ended. A leg that just
 * talks has nothing of it, and that is how most of them stand for hours.
 */
export class LegDealings {
  readonly turn = new OfferTurn();
  answer: RepeatedAnswer | undefined;
  requests: LegRequests | undefined;
  offers: LegOffers | undefined;
  /** A BYE that waits for the ACK of our 2xx (§15). */
  parting: HangUpCause | undefined;

  /** Whether nothing is under way, and nobody was given any of it to keep. */
  get areOver(): boolean {
    const { answer, requests, offers, parting } = this;
    return this.turn.isIdle && !answer && !requests && !offers && !parting;
  }
}
