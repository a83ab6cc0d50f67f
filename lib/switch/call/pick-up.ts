import { planCall } from '@/lib/core/call-plan/plan-call';
import { newId } from '@/lib/core/ids.server';
import type { Replaces } from '@/lib/protocol/sip/refer-to';
import { userOf } from '@/lib/switch/stack';
import { Call } from './call';
import { factsOf } from './call-facts';
import { NO_FORWARDS } from './call-start';
import { CalleeLeg } from './callee-leg';
import type { CallerLeg } from './caller-leg';
import type { CallEnvironment } from './environment';
import { askedBy, sideOfMember, type TenantMember } from './member';
import { planContext } from './plan-context';
import { ownProvenance } from './provenance';
import { q850OfStatus, refusalHeaders, SIP_REFUSALS } from './refusals';
import { failureOf, runCall } from './run-call';

/** Somebody who asks for a place in a call of its house by Replaces. */
export interface Replacement {
  readonly environment: CallEnvironment;
  readonly caller: CallerLeg;
  readonly member: TenantMember;
}

/**
 * The own call of whoever takes another's place: free, like any within the house, and linked to
 * the call that it comes into. Undefined where it may not be made; then it has been refused.
 */
export function pickupCall(
  { environment, caller, member }: Replacement,
  into: { readonly call: Call; readonly number: string },
): Call | undefined {
  const { usage, stack } = environment;
  const startedAtMs = stack.clock.nowMs();
  const asked = askedBy(member, into.number);
  const plan = planCall(planContext(environment), asked, startedAtMs);
  if (plan.kind === 'refused' || plan.hops.length > 0) {
    const code = plan.kind === 'refused' ? plan.code : 'FORBIDDEN';
    caller.refuse(SIP_REFUSALS[code], refusalHeaders(code, null));
    return undefined;
  }
  const { conversation, callId } = into.call;
  const call = new Call(environment, {
    callId: newId(startedAtMs),
    caller,
    conversation,
    plan,
    facts: factsOf({
      plan,
      from: sideOfMember(member, plan),
      asked,
      startedAtMs,
      link: { callId, kind: 'pickup' },
    }),
    history: NO_FORWARDS,
    provenance: ownProvenance(environment.loops.begin()),
    entered: usage.enter(plan.subjects),
  });
  caller.listener = conversation;
  caller.onCancelled = (q850) => call.conversationOver({ leg: caller, q850 });
  environment.calls.set(call.callId, call);
  environment.events.started(call);
  return call;
}

/** A ringing call that somebody names, or the status that says why none is to be had. */
export type NamedCall = { readonly call: Call } | { readonly status: 481 | 486 };

/**
 * The call that a Replaces names while it rings at an extension of the tenant: by the name that
 * lamps are told, or by the dialog of a phone that rings. Undefined where it names no such thing;
 * another tenant's call is answered like one that is not there.
 */
export function namedRinging(
  environment: CallEnvironment,
  replaces: Replaces,
  tenantId: string,
): NamedCall | undefined {
  const callId = environment.pickups.callIdOf(replaces);
  const leg = callId === undefined ? ringingLeg(environment, replaces) : undefined;
  if (callId === undefined && leg === undefined) return undefined;
  const call =
    callId === undefined
      ? [...environment.calls.values()].find((each) => leg && each.ringer?.rings(leg))
      : environment.calls.get(callId);
  if (call === undefined || tenantOf(environment, call) !== tenantId) return { status: 481 };
  // An extension may have sent it on: what is picked up is what rings for it now.
  const ringing = call.ringer ? call : call.conversation.ringing;
  if (ringing && tenantOf(environment, ringing) === tenantId) return { call: ringing };
  // It was answered meanwhile: whoever wants a ringing one alone is told so (RFC 3891 §3).
  return { status: call.answeredAt !== null && replaces.earlyOnly ? 486 : 481 };
}

/** Only dialogs that we began can be given up while they are early (RFC 3891 §3). */
function ringingLeg({ stack }: CallEnvironment, replaces: Replaces): CalleeLeg | undefined {
  const { callId, localTag, remoteTag } = replaces;
  const ways = [
    { callId, localTag, remoteTag },
    { callId, localTag: remoteTag, remoteTag: localTag },
  ];
  for (const way of ways) {
    const leg = userOf(stack.dialogs, way);
    if (leg instanceof CalleeLeg && !leg.isTalking && !leg.isEnded) return leg;
  }
  return undefined;
}

/** The tenant whose extension a call rings, or rang. */
function tenantOf({ directory }: CallEnvironment, call: Call): string | undefined {
  const { attempt } = call.ringer ?? {};
  if (attempt) return attempt.kind === 'extension' ? attempt.tenantId : undefined;
  const { toExtensionId } = call.facts;
  return toExtensionId === null ? undefined : directory.extensionById(toExtensionId)?.tenantId;
}

/**
 * Picks a ringing call up: its caller is connected with whoever asks, all phones that ring are
 * told that it was answered elsewhere. The call goes on as its payer's, answered and charged once;
 * the picker's own is free. Both have offered, and each hears what it may make of the other's.
 */
export async function pickUp(replacement: Replacement, ringing: Call): Promise<void> {
  const { environment, caller, member } = replacement;
  const { ringer, caller: calling } = ringing;
  const number = ringer?.attempt.number ?? '';
  if (caller.offer === null || calling.offer === null || calling.hasEarlySession) {
    caller.refuse({ status: 488, q850: q850OfStatus(488) });
    return;
  }
  const own = pickupCall({ environment, caller, member }, { call: ringing, number });
  if (!own) return;
  await runCall(own, () => take(own, { ringing, caller }));
}

async function take(
  own: Call,
  { ringing, caller }: { readonly ringing: Call; readonly caller: CallerLeg },
): Promise<void> {
  const { ringer } = ringing;
  if (!ringer?.hold()) {
    own.fail({ status: 481, reason: undefined, q850: q850OfStatus(481) });
    return;
  }
  let isTaken = false;
  try {
    isTaken = await meet(own, { ringing, caller });
  } catch (error) {
    if (!own.isOver) own.fail(failureOf(error));
  }
  ringer.settle(isTaken);
  if (!isTaken) ringing.media.drop(caller.id);
}

/** False where either is gone before the two are connected. */
async function meet(
  own: Call,
  { ringing, caller }: { readonly ringing: Call; readonly caller: CallerLeg },
): Promise<boolean> {
  const { media, caller: calling } = ringing;
  const [offer, theirs] = [caller.offer, calling.offer];
  if (offer === null || theirs === null) return false;
  const met = await media.meet({ leg: calling.leg, offer: theirs }, { leg: caller, offer });
  await calling.readyToAnswer?.();
  if (own.isOver || ringing.isOver || !own.linkAnswered(met.toOther)) return false;
  if (ringing.takenBy(caller, met.toOne)) return true;
  own.conversationOver({ leg: null, q850: 16 });
  return false;
}
