import { AppError } from '@/lib/core/errors';
import type { SipResponse } from '@/lib/protocol/sip/message';
import type { CallMedia } from './call-media';
import type { Leg } from './leg';
import { relayedStatus } from './refusals';
import type { Reoffer } from './reoffer';
import { sdpOf } from './sdp-body';

/** A new offer of one leg and whom it concerns. */
export interface Renegotiation {
  readonly leg: Leg;
  readonly other: Leg;
  readonly media: CallMedia;
  readonly reoffer: Reoffer;
  /** Something that should be looked at, not more. */
  readonly onTrouble: (error: unknown) => void;
  /** The two have agreed, and that is in force. */
  readonly onAgreed: () => void;
}

/**
 * Hands a new offer of one leg to the other, and its answer back (hold, codec change, moved
 * media). Whatever goes wrong leaves the session as it was (RFC 3261 §14.1): a refusal of the
 * other side is told with its own status, an unusable SDP with 488, a collision with 491.
 */
export function renegotiate(renegotiation: Renegotiation): void {
  const { reoffer, media, onTrouble } = renegotiation;
  const failed = (error: unknown): void => {
    onTrouble(error);
    const isGlare = error instanceof AppError && error.code === 'CONFLICT';
    if (!isGlare) media.rollback();
    reoffer.refuse(isGlare ? 491 : 488);
  };
  if (reoffer.sdp === null) askOther(renegotiation, failed);
  else offerToOther(renegotiation, reoffer.sdp).catch(failed);
}

/** The far side answers the offer; whoever offered gets that answer, media rewritten. */
async function offerToOther(renegotiation: Renegotiation, sdp: Buffer): Promise<void> {
  const { leg, other, media, reoffer } = renegotiation;
  // Asked for before the update: what it said last is what it says to this, too.
  const said = other.mayBeOffered ? null : media.saidBy(other.id);
  const towards = await media.update(leg, other, sdp);
  if (!reoffer.isOpen) {
    media.rollback();
    return;
  }
  if (said) {
    // Before the answer, to somebody who can't be asked: answered with what is known of it.
    reoffer.accept(await agreed(renegotiation, other, said));
    return;
  }
  const asked = other.ask(other.offeringMethod, { body: towards }, (response) => {
    const answer = response && response.status < 300 ? sdpOf(response) : null;
    if (!answer) {
      media.rollback();
      reoffer.refuse(refusalOf(response));
      return;
    }
    agreed(renegotiation, other, answer).then(
      (body) => reoffer.accept(body),
      (error: unknown) => {
        renegotiation.onTrouble(error);
        media.rollback();
        reoffer.refuse(488);
      },
    );
  });
  reoffer.onCancelled = () => asked.cancel();
}

/**
 * A re-INVITE without SDP is handed on as one: the other side offers in its 2xx, that offer goes
 * back in ours, and the ACK's answer in the ACK (RFC 3264 §5, RFC 6337 §2.1).
 */
function askOther(renegotiation: Renegotiation, failed: (error: unknown) => void): void {
  const { leg, other, media, reoffer, onTrouble } = renegotiation;
  const asked = other.askForOffer(
    ({ sdp: offer, acknowledge }) => {
      media.update(other, leg, offer).then(
        (body) => {
          reoffer.offer(body, (sdp) => {
            answerLate(renegotiation, sdp).then(acknowledge, (error: unknown) => {
              onTrouble(error);
              media.rollback();
              acknowledge(null);
            });
          });
        },
        (error: unknown) => {
          acknowledge(null);
          failed(error);
        },
      );
    },
    (response) => reoffer.refuse(refusalOf(response)),
  );
  reoffer.onCancelled = () => asked.cancel();
}

async function answerLate(renegotiation: Renegotiation, sdp: Buffer | null) {
  if (!sdp) throw new AppError('INVALID_INPUT', 'The ACK bears no answer.');
  return await agreed(renegotiation, renegotiation.leg, sdp);
}

/** Puts the answer of one of the two in force; what to tell the other. */
async function agreed(renegotiation: Renegotiation, by: Leg, sdp: Buffer): Promise<Buffer> {
  const { leg, other, media, onAgreed } = renegotiation;
  const told = await media.answer(by, by === leg ? other : leg, sdp);
  onAgreed();
  return told;
}

/** Refusals that would end the asker's own dialog, which is not what is wrong (RFC 5057 §5.1). */
const ENDS_A_DIALOG: ReadonlySet<number> = new Set([404, 410, 416, 482, 483, 484, 485, 502, 604]);

/** What the asker is told: the other side's word, or that it said nothing usable. */
function refusalOf(response: SipResponse | null): number {
  if (!response) return 408;
  const { status } = response;
  return status < 300 || ENDS_A_DIALOG.has(status) ? 488 : relayedStatus(status);
}
