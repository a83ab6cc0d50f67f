import { parseReplaces, type Replaces } from '@/lib/protocol/sip/refer-to';
import { conversationOf, namedLeg } from './attended-transfer';
import type { Call } from './call';
import type { CallMedia } from './call-media';
import type { CallerLeg } from './caller-leg';
import type { Conversation } from './conversation';
import type { Leg } from './leg';
import { namedRinging, pickUp, pickupCall, type Replacement } from './pick-up';
import { askToMeet } from './reconnect';
import { q850OfStatus, relayedStatus } from './refusals';
import { runCall } from './run-call';

/** Whose place is taken, in which conversation, and who stays there. */
interface Place {
  readonly conversation: Conversation;
  readonly replaced: Leg;
  readonly staying: Leg;
}

/**
 * INVITE with Replaces (RFC 3891): picks up a call that rings (pick-up.ts), or lets a phone take the
 * place of a talking leg of an extension of its own tenant: a call moved from desk to mobile. The phone's own call is free, like any within the house; what the
 * other side costs stays its payer's. Whom nobody may name is answered like one that is not there.
 */
export async function replaceLeg(replacement: Replacement, header: string): Promise<void> {
  const { environment, caller, member } = replacement;
  const replaces = parseReplaces(header);
  const ringing = replaces && namedRinging(environment, replaces, member.tenantId);
  if (ringing && 'call' in ringing) {
    await pickUp(replacement, ringing.call);
    return;
  }
  const place = ringing?.status ?? (replaces ? placeOf(replacement, replaces) : 400);
  if (typeof place === 'number') {
    caller.refuse({ status: place, q850: q850OfStatus(place) });
    return;
  }
  const { conversation, replaced } = place;
  const parent = conversation.callOf(replaced);
  const number = environment.directory.extensionById(replaced.identity.extensionId ?? '')?.number;
  if (!parent || !conversation.beginTransfer(replaced)) {
    caller.refuse({ status: parent ? 491 : 481, q850: null });
    return;
  }
  const call = pickupCall(replacement, { call: parent, number: number ?? '' });
  if (call) await runCall(call, () => takePlace(call, { ...place, caller }));
  conversation.endTransfer(replaced);
}

function placeOf({ environment, caller, member }: Replacement, replaces: Replaces): Place | number {
  const named = namedLeg(environment, replaces, member.tenantId);
  if ('status' in named) return named.status;
  // The place that is taken has a number to be planned by; a PBX's leg has none.
  if (named.leg.identity.extensionId === null) return 481;
  const conversation = conversationOf(environment, named.leg);
  const staying = conversation?.otherThan(named.leg);
  if (!conversation || !staying?.isTalking) return 481;
  return caller.offer === null ? 488 : { conversation, replaced: named.leg, staying };
}

async function takePlace(call: Call, place: Place & { readonly caller: CallerLeg }): Promise<void> {
  const { conversation, replaced, staying, caller } = place;
  const { media } = conversation;
  const { offer } = caller;
  if (offer === null) return;
  const answer = await askToMeet(staying, await media.offer(caller, staying, offer));
  if (call.isOver || typeof answer === 'number') {
    if (typeof answer !== 'number') await putBack(media, place);
    media.drop(caller.id);
    if (typeof answer === 'number') {
      const status = relayedStatus(answer);
      call.fail({ status, reason: undefined, q850: q850OfStatus(status) });
    }
    return;
  }
  const told = await media.answer(staying, caller, answer);
  if (!call.linkAnswered(told)) {
    await putBack(media, place);
    media.drop(caller.id);
    return;
  }
  conversation.connect(caller, staying);
  conversation.depart(replaced);
  replaced.hangUp({ q850: 16, text: 'replaced' });
}

/** Who stays had agreed to somebody who is gone: it talks to whom it talked to before. */
async function putBack(media: CallMedia, { replaced, staying }: Place): Promise<void> {
  const said = media.saidBy(replaced.id);
  if (!said || !replaced.isTalking || !staying.isTalking) return;
  const answer = await askToMeet(staying, await media.offer(replaced, staying, said));
  if (typeof answer !== 'number') await media.answer(staying, replaced, answer);
}
