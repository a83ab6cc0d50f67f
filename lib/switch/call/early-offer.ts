import type { Call } from './call';
import type { CalleeLeg } from './callee-leg';

/**
 * Hands on what a callee offers in a reliable provisional, to a caller that wanted it to offer: in
 * ours, its PRACK brings the answer, and that goes out in our PRACK (RFC 3262 §5). From then on the
 * two have a session, and nobody else can take the callee's place.
 */
export async function handEarlyOffer(
  call: Call,
  leg: CalleeLeg,
  said: { readonly status: number; readonly offer: Buffer },
): Promise<void> {
  const { caller, media } = call;
  const told = await media.offer(leg, caller.leg, said.offer);
  const status = said.status === 180 ? 180 : 183;
  const isTold = caller.offerEarly?.(status, told, (answer) => {
    if (!answer) {
      leg.answerEarly(null);
      return;
    }
    media.answer(caller.leg, leg, answer).then(
      (body) => {
        call.conversation.early = leg;
        leg.answerEarly(body);
      },
      () => leg.answerEarly(null),
    );
  });
  if (isTold !== true) leg.answerEarly(null);
}
