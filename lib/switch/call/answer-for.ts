import { AppError } from '@/lib/core/errors';
import type { CallMedia } from './call-media';
import type { CalleeLeg } from './callee-leg';
import type { CallingParty } from './party';
import type { OnLateAnswer } from './repeated-answer';

/** What the caller is told in the 200. */
export interface CallerAnswer {
  readonly sdp: Buffer;
  /** Where the caller let the callee offer: takes what its ACK brings. */
  readonly onLateAnswer?: OnLateAnswer;
}

/**
 * Turns what a callee said in its 200 into what the caller is told, as soon as it may be told. A
 * late offer is handed through: the callee's offer in our 200, the caller's answer in our ACK
 * (RFC 3261 §13.2.1); without one in the ACK the call is broken off.
 */
export async function answerFor(answered: {
  readonly media: CallMedia;
  readonly caller: CallingParty;
  readonly leg: CalleeLeg;
  readonly sdp: Buffer;
}): Promise<CallerAnswer> {
  const { media, caller, leg, sdp } = answered;
  if (caller.offer !== null) {
    const answer = await media.answer(leg, caller.leg, sdp);
    await caller.readyToAnswer?.();
    return { sdp: answer };
  }
  return {
    sdp: await media.offer(leg, caller.leg, sdp),
    onLateAnswer: (answer) => {
      lateAnswer(media, { caller, leg }, answer).then(
        (body) => leg.acknowledge(body),
        () => {
          leg.acknowledge(null);
          caller.leg.breakOff({ q850: 88, text: 'no answer to the offer' });
        },
      );
    },
  };
}

async function lateAnswer(
  media: CallMedia,
  { caller, leg }: { readonly caller: CallingParty; readonly leg: CalleeLeg },
  answer: Buffer | null,
): Promise<Buffer> {
  if (!answer) throw new AppError('INVALID_INPUT', 'The ACK bears no answer.');
  return await media.answer(caller.leg, leg, answer);
}
