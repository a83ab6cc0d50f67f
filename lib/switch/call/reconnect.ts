import type { CallMedia } from './call-media';
import type { Leg } from './leg';

/**
 * Tells a leg that talks what it needs to know of whom it is connected with now: a re-INVITE with
 * what that one said last. A refusal leaves its description as it was (RFC 3261 §14.1); what both
 * can still understand is heard.
 */
export async function reconnect(
  media: CallMedia,
  way: { readonly from: Leg; readonly to: Leg },
): Promise<void> {
  const { from, to } = way;
  const said = media.saidBy(from.id);
  if (!said || !to.isTalking) return;
  const body = await media.update(from, to, said);
  const answer = await askToMeet(to, body);
  if (typeof answer === 'number') media.rollback();
  else await media.answer(to, from, answer);
}

/** Offers to a leg that talks; resolves to its answer, or to the status of its refusal. */
export async function askToMeet(leg: Leg, offer: Buffer): Promise<Buffer | number> {
  return await new Promise((resolve) => {
    leg.ask('INVITE', { body: offer, retriesGlare: true }, (response) => {
      if (!response) resolve(408);
      else if (response.status >= 300) resolve(response.status);
      else resolve(response.body.length > 0 ? response.body : 488);
    });
  });
}
