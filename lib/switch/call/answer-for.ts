import { AppError } from '@/lib/core/errors';
import type { CallMedia } from './call-media';
import type { CalleeLeg } from './callee-leg';
import type { Leg } from './leg';
import type { CallingParty } from './party';
import type { OnLateAnswer } from './repeated-answer';

/** What the caller is told in the 200. */
export interface CallerAnswer {
  readonly sdp: Buffer;
  /** Where the caller let the callee offer: takes what its ACK brings. */
  readonly onLateAnswer?: OnLateAnswer;
}

/**
 * Turns what a callee said in its 200 into what the caller is told, as soon as it may be told. Where
 * the two have agreed anew before the answer (UPDATE, PRACK), that is in force and said again. A
 * late offer is handed through: the callee's offer in our 200, the caller's answer in our ACK
 * (RFC 3261 §13.2.1); without one in the ACK the call is broken off.
 */
export async function answerFor(answered: {
  readonly media: CallMedia;
  readonly caller: CallingParty;
  readonly leg: CalleeLeg;
  readonly sdp: Buffer;
  /** Whose early media the caller was told of last. */
  readonly early: Leg | undefined;
}): Promise<CallerAnswer> {
  const { media, caller, leg, sdp, early } = answered;
  // What it was offered before the answer may still wait for its PRACK.
  if (caller.offer === null && caller.hasEarlySession) await caller.readyToAnswer?.();
  if (caller.offer !== null) {
    const isEarly = early === leg && !caller.leg.isTalking;
    const answer = isEarly && caller.leg.agreedSdp ? null : await answerOf(answered, caller.offer);
    await caller.readyToAnswer?.();
    const settled = isEarly ? caller.leg.agreedSdp?.local : undefined;
    return { sdp: settled ?? answer ?? sdp };
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

/** What the caller's offer is answered with: of a callee that updated it early, what it said last. */
async function answerOf(
  { media, caller, leg, sdp, early }: Parameters<typeof answerFor>[0],
  offer: Buffer,
): Promise<Buffer> {
  const isTouched = media.wasUpdated && early === leg && !caller.leg.isTalking;
  if (!isTouched) return await media.answer(leg, caller.leg, sdp);
  // The update took the place of the first offer: that is made anew, and the callee need not hear it.
  const said = leg.wasUpdated ? media.saidBy(leg.id) : null;
  await media.offer(caller.leg, leg, offer);
  return await media.answer(leg, caller.leg, said ?? sdp);
}

async function lateAnswer(
  media: CallMedia,
  { caller, leg }: { readonly caller: CallingParty; readonly leg: CalleeLeg },
  answer: Buffer | null,
): Promise<Buffer> {
  if (!answer) throw new AppError('INVALID_INPUT', 'The ACK bears no answer.');
  return await media.answer(caller.leg, leg, answer);
}
