import { planCall } from '@/lib/core/call-plan/plan-call';
import { newId } from '@/lib/core/ids.server';
import { parseReplaces } from '@/lib/protocol/sip/refer-to';
import { conversationOf, namedLeg } from './attended-transfer';
import { Call } from './call';
import { factsOf } from './call-facts';
import type { CallMedia } from './call-media';
import type { CallerLeg } from './caller-leg';
import type { Conversation } from './conversation';
import type { CallEnvironment } from './environment';
import type { Leg } from './leg';
import { askedBy, sideOfMember, type TenantMember } from './member';
import { ownProvenance } from './provenance';
import { askToMeet } from './reconnect';
import { q850OfStatus, refusalHeaders, relayedStatus, SIP_REFUSALS } from './refusals';
import { runCall } from './run-call';

/** A phone, or a PBX, that asks for the place of another leg of its house (RFC 3891). */
interface Replacement {
  readonly environment: CallEnvironment;
  readonly caller: CallerLeg;
  readonly member: TenantMember;
  /** The Replaces header as it came. */
  readonly header: string;
}

/** Whose place is taken, in which conversation, and who stays there. */
interface Place {
  readonly conversation: Conversation;
  readonly replaced: Leg;
  readonly staying: Leg;
}

/**
 * Lets a phone take the place of a talking leg of an extension of its own tenant: a call moved from
 * desk to mobile, or picked up. The phone's own call is free, like any within the house; what the
 * other side costs stays its payer's. Whom nobody may name is answered like one that is not there.
 */
export async function replaceLeg(replacement: Replacement): Promise<void> {
  const { environment, caller, member } = replacement;
  const place = placeOf(replacement);
  if (typeof place === 'number') {
    caller.refuse({ status: place, q850: q850OfStatus(place) });
    return;
  }
  const { directory, decks, usage, stack } = environment;
  const startedAtMs = stack.clock.nowMs();
  const { extensionId } = place.replaced.identity;
  const asked = askedBy(member, directory.extensionById(extensionId ?? '')?.number ?? '');
  const plan = planCall({ directory, decks, limits: usage }, asked, startedAtMs);
  const parent = place.conversation.callOf(place.replaced);
  if (plan.kind === 'refused' || plan.hops.length > 0 || !parent) {
    const code = plan.kind === 'refused' ? plan.code : 'FORBIDDEN';
    caller.refuse(SIP_REFUSALS[code], refusalHeaders(code, null));
    return;
  }
  if (!place.conversation.beginTransfer(place.replaced)) {
    caller.refuse({ status: 491, q850: null });
    return;
  }
  const call = new Call(environment, {
    callId: newId(startedAtMs),
    caller,
    conversation: place.conversation,
    plan,
    facts: factsOf({
      plan,
      from: sideOfMember(member, plan),
      asked,
      startedAtMs,
      link: { callId: parent.callId, kind: 'pickup' },
    }),
    history: [],
    provenance: ownProvenance(environment.loops.begin()),
    leave: usage.enter(plan.subjects),
  });
  caller.listener = place.conversation;
  caller.onCancelled = (q850) => call.conversationOver({ leg: caller, q850 });
  environment.calls.set(call.callId, call);
  environment.events.started(call);
  await runCall(call, () => takePlace(call, { ...place, caller }));
  place.conversation.endTransfer(place.replaced);
}

function placeOf({ environment, caller, member, header }: Replacement): Place | number {
  const replaces = parseReplaces(header);
  if (!replaces) return 400;
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
