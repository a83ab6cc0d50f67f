import type { CallerId, CallRequest, PlannedCall } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import { newId } from '@/lib/core/ids.server';
import type { DiversionReason } from '@/lib/protocol/sip/diversion';
import type { CallLink } from '@/lib/services/charging/types';
import { Call } from './call';
import { factsOf, refusedResult, unplannedFacts } from './call-facts';
import type { CalleeFailure } from './callee-leg';
import type { Conversation } from './conversation';
import type { CallEnvironment } from './environment';
import type { ForwardReason, ForwardStep } from './forwarding';
import { checkLoop } from './loop-check';
import type { Lineage } from './loop-guard';
import { askedBy, sideOfMember, type TenantMember } from './member';
import type { CallingParty } from './party';
import { planContext } from './plan-context';
import { divertedProvenance, namelessProvenance, type Provenance } from './provenance';
import { SIP_REFUSALS } from './refusals';
import { type CallApplication, runCall } from './run-call';

/** A call to be that continues another one at somebody else's expense. */
export interface LinkedCallStart {
  readonly environment: CallEnvironment;
  readonly conversation: Conversation;
  readonly link: CallLink;
  /** By whose rights it is planned and out of whose wallet it is paid: who forwards or transfers. */
  readonly onBehalfOf: TenantMember;
  /** As whoever that is would dial it. */
  readonly dialled: string;
  /** Who will talk to whoever answers. */
  readonly party: CallingParty;
  /** What colleagues are shown: who really calls, not who forwards. */
  readonly shown: CallerId;
  /** The forwards that led here, the first first. */
  readonly history: readonly ForwardStep[];
  /** Of the call that is continued. */
  readonly provenance: Provenance;
}

/** What became of a linked call; `answered` goes on by itself. */
export type LinkedOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed'; readonly failure: CalleeFailure };

/**
 * Plans, reserves and runs a call that continues another one: a forward, a transfer. It has its own
 * payer, reservation, charges and record, and shares the conversation. Nobody is dialled before
 * every hop has reserved; what is refused is recorded with its reason, and nothing else happens.
 */
export async function runLinkedCall(
  start: LinkedCallStart,
  application: CallApplication,
): Promise<LinkedOutcome> {
  const { environment, onBehalfOf, dialled } = start;
  const { stack } = environment;
  const asked = askedBy(onBehalfOf, dialled);
  const planned = planCall(planContext(environment), asked, stack.clock.nowMs());
  // What people do by hand may lead back; only what goes on by itself goes in circles.
  const { loops } = environment;
  const lineage = start.link.kind === 'forward' ? start.provenance.lineage : loops.begin();
  const way = checkLoop(loops, { lineage, plan: planned, dialled });
  const { plan } = way;
  if (plan.kind === 'refused') {
    const { code } = plan;
    recordRefusal(start, asked, plan);
    return { kind: 'failed', failure: { ...SIP_REFUSALS[code] } };
  }
  const call = begin(start, asked, { plan, lineage: way.lineage });
  let failure: CalleeFailure | undefined;
  call.onFailed = (told) => {
    failure = told;
  };
  await runCall(call, application);
  if (call.answeredAt !== null) return { kind: 'answered' };
  return { kind: 'failed', failure: failure ?? { status: 487, reason: undefined, q850: 16 } };
}

function begin(
  start: LinkedCallStart,
  asked: CallRequest,
  { plan, lineage }: { readonly plan: PlannedCall; readonly lineage: Lineage },
): Call {
  const { environment, onBehalfOf, link, shown } = start;
  const { stack, usage, calls, events } = environment;
  const startedAtMs = stack.clock.nowMs();
  const isColleague = plan.callClass === 'internal' && shown.number !== null;
  const told = isColleague ? { ...plan, callerId: shown } : plan;
  const call = new Call(environment, {
    callId: newId(startedAtMs),
    caller: start.party,
    conversation: start.conversation,
    plan: told,
    facts: factsOf({
      plan: told,
      from: sideOfMember(onBehalfOf, plan),
      asked,
      startedAtMs,
      link,
    }),
    history: start.history,
    provenance: { ...provenanceOf(start, plan, isColleague), lineage },
    entered: usage.enter(plan.subjects),
  });
  calls.set(call.callId, call);
  events.started(call);
  return call;
}

/** Reasons of a forward as RFC 5806 §3 has them. */
const DIVERSION_REASON_OF: Readonly<Record<ForwardReason, DiversionReason>> = {
  always: 'unconditional',
  busy: 'user-busy',
  noAnswer: 'no-answer',
  unreachable: 'unavailable',
  deflected: 'deflection',
};

/** Who sent the call on is told inside by its extension, outside by the number that stands for it. */
function provenanceOf(start: LinkedCallStart, plan: PlannedCall, isColleague: boolean): Provenance {
  const { history, link } = start;
  const provenance = isColleague ? start.provenance : namelessProvenance(start.provenance);
  const last = history.at(-1);
  if (link.kind !== 'forward' || !last) return provenance;
  const outside = plan.callClass === 'internal' ? null : plan.callerId.number;
  return divertedProvenance(provenance, {
    user: outside ?? last.number,
    reason: DIVERSION_REASON_OF[last.reason],
    isPrivate: false,
  });
}

function recordRefusal(
  start: LinkedCallStart,
  asked: CallRequest,
  plan: Parameters<typeof refusedResult>[0]['plan'],
): void {
  const { environment, onBehalfOf, link } = start;
  const { stack, directory, charging } = environment;
  const tenant = directory.tenantById(onBehalfOf.tenantId);
  const endedAtMs = stack.clock.nowMs();
  const callId = newId(endedAtMs);
  stack.log.info('call.refused', { callId, code: plan.code, hopAccountId: plan.hopAccountId });
  if (!tenant) return;
  const { accountId, id: tenantId } = tenant;
  const by =
    onBehalfOf.kind === 'extension'
      ? { extensionId: onBehalfOf.extension.id, number: onBehalfOf.extension.number }
      : { extensionId: null, number: onBehalfOf.trunk.name };
  const facts = unplannedFacts({ accountId, tenantId, ...by }, asked, {
    startedAtMs: endedAtMs,
    link,
  });
  const leg = start.party.result(null);
  charging
    .settle(refusedResult({ callId, plan, facts, leg, endedAtMs }))
    .catch((error: unknown) => stack.log.error('call.settle', { callId, error }));
}
