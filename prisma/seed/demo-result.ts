import type {
  CallPlan,
  CallRequest,
  PlannedAttempt,
  PlannedCall,
  RefusedCall,
} from '@/lib/core/call-plan/plan';
import { ratedSeconds } from '@/lib/core/duration';
import { newId } from '@/lib/core/ids.server';
import type { CallFacts, CallResult, LegResult } from '@/lib/services/charging/types';
import type { BusyTenant } from './demo-calls';
import type { DemoPlanner } from './demo-plan';
import type { Chance } from './random';

/** A call that somebody made, not yet planned. */
export interface DialledCall {
  readonly request: CallRequest;
  readonly tenant: BusyTenant;
  readonly extensionId: string | null;
}

interface Scene {
  readonly chance: Chance;
  readonly planner: DemoPlanner;
  readonly tenants: readonly BusyTenant[];
  readonly dialled: DialledCall;
  readonly atMs: number;
}

/** How a call came out before anybody talked. */
interface Outcome {
  readonly answered: boolean;
  readonly sipStatus: number;
  readonly q850Cause: number;
  readonly ringMs: number;
  readonly talkMs: number;
}

const CODEC = 'PCMU';
const REFUSED: Outcome = {
  answered: false,
  sipStatus: 403,
  q850Cause: 21,
  ringMs: 20,
  talkMs: 0,
};

/** What became of a dialled call, as the switch would tell it; null where nobody could be asked. */
export function toCallResult(scene: Scene): CallResult | null {
  const { planner, dialled, atMs } = scene;
  const plan: CallPlan = planner.plan(dialled.request, atMs);
  return plan.kind === 'refused' ? refusedResult(scene, plan) : plannedResult(scene, plan);
}

function refusedResult({ dialled, atMs }: Scene, plan: RefusedCall): CallResult | null {
  const { request, tenant, extensionId } = dialled;
  if (request.origin.kind !== 'extension') return null;
  const facts: CallFacts = {
    callClass: 'outbound',
    accountId: tenant.accountId,
    tenantId: tenant.tenantId,
    payerAccountId: null,
    fromExtensionId: extensionId,
    toExtensionId: null,
    peerAccountId: null,
    peerTenantId: null,
    fromNumber: request.origin.number,
    dialled: request.dialled,
    toNumber: request.dialled,
    destination: null,
    startedAtMs: atMs,
    hops: [],
  };
  return {
    ...unanswered(facts, atMs + 20),
    callId: newId(atMs),
    sipStatus: 403,
    q850Cause: 21,
    refusal: { code: plan.code, hopAccountId: plan.hopAccountId, text: plan.message },
    legs: [callerLeg({ dialled, atMs }, REFUSED)],
  };
}

function unanswered(facts: CallFacts, endedAtMs: number) {
  return {
    facts,
    ringingAtMs: null,
    answeredAtMs: null,
    endedAtMs,
    durationMs: 0,
    ratedSeconds: 0,
    hungUpBy: 'switch' as const,
    trunkId: null,
    buy: null,
    attempts: 0,
    codec: null,
    media: null,
  };
}

function plannedResult(scene: Scene, plan: PlannedCall): CallResult | null {
  const { chance, dialled, atMs } = scene;
  const outcome = outcomeOf(chance, plan);
  // Now and then the cheapest route is out of order, and the next one takes the call.
  const skips = plan.attempts.length > 1 && chance.next() < 0.04 ? 1 : 0;
  const attempt = plan.attempts[skips];
  if (attempt === undefined) return null;
  const facts = factsOf(dialled, plan, atMs);
  const startedAtMs = atMs + skips * 2_000;
  const answeredAtMs = outcome.answered ? startedAtMs + outcome.ringMs : null;
  const endedAtMs = startedAtMs + outcome.ringMs + outcome.talkMs;
  const legs = [callerLeg(scene, { ...outcome, ringMs: outcome.ringMs + skips * 2_000 })];
  for (const failed of plan.attempts.slice(0, skips)) {
    legs.push(attemptLeg(failed, { seq: legs.length, startedAtMs: atMs, endedAtMs: startedAtMs }));
  }
  legs.push({
    ...attemptLeg(attempt, { seq: legs.length, startedAtMs, endedAtMs }),
    ringingAtMs: startedAtMs + 400,
    answeredAtMs,
    sipStatus: outcome.sipStatus,
    q850Cause: outcome.q850Cause,
    codec: outcome.answered ? CODEC : null,
  });
  return {
    callId: newId(atMs),
    facts,
    ringingAtMs: startedAtMs + 400,
    answeredAtMs,
    endedAtMs,
    durationMs: outcome.talkMs,
    ratedSeconds: outcome.answered ? ratedSeconds(outcome.talkMs) : 0,
    hungUpBy:
      outcome.answered || outcome.sipStatus === 487 ? chance.pick(['caller', 'callee']) : 'callee',
    sipStatus: outcome.sipStatus,
    q850Cause: outcome.q850Cause,
    refusal: null,
    trunkId: attempt.kind === 'trunk' ? attempt.trunkId : null,
    buy: attempt.kind === 'trunk' && outcome.answered ? attempt.buy : null,
    attempts: skips + 1,
    codec: outcome.answered ? CODEC : null,
    media: null,
    legs,
  };
}

function outcomeOf(chance: Chance, plan: PlannedCall): Outcome {
  const [answered, sipStatus, q850Cause] = chance.weighted([
    [[true, 200, 16] as const, 80],
    [[false, 486, 17] as const, 5],
    [[false, 480, 19] as const, 10],
    [[false, 487, 16] as const, 4],
    [[false, 404, 1] as const, 1],
  ]);
  const median = plan.callClass === 'internal' ? 45 : 110;
  return {
    answered,
    sipStatus,
    q850Cause,
    ringMs: chance.whole(1_500, sipStatus === 480 ? 30_000 : 14_000),
    talkMs: answered ? chance.talkSeconds(median) * 1_000 + chance.whole(0, 999) : 0,
  };
}

function factsOf(dialled: DialledCall, plan: PlannedCall, atMs: number): CallFacts {
  const { destination } = plan;
  const { request, extensionId } = dialled;
  const called = destination.kind === 'extension' ? destination : null;
  return {
    callClass: plan.callClass,
    accountId: plan.accountId,
    tenantId: plan.tenantId,
    payerAccountId: plan.payerAccountId,
    fromExtensionId: extensionId,
    toExtensionId: called?.extensionId ?? null,
    peerAccountId: plan.peerAccountId,
    peerTenantId: plan.peerAccountId === null ? null : (called?.tenantId ?? null),
    fromNumber:
      request.origin.kind === 'extension'
        ? request.origin.number
        : (plan.callerId.number ?? 'anonymous'),
    dialled: request.dialled,
    toNumber:
      destination.kind === 'extension'
        ? (destination.e164 ?? destination.number)
        : destination.kind === 'e164'
          ? destination.e164
          : destination.digits,
    destination: plan.hops[0]?.rate.destination ?? null,
    startedAtMs: atMs,
    hops: plan.hops.map(({ buyerAccountId, sellerAccountId, rate }) => ({
      buyerAccountId,
      sellerAccountId,
      rate,
    })),
  };
}

function callerLeg(
  { dialled, atMs }: Pick<Scene, 'dialled' | 'atMs'>,
  outcome: Outcome,
): LegResult {
  const { origin } = dialled.request;
  return {
    seq: 0,
    sipCallId: newId(atMs),
    extensionId: dialled.extensionId,
    trunkId: origin.kind === 'trunk' ? origin.trunkId : null,
    target: `sip:${dialled.request.dialled}@${dialled.tenant.customer.domain}`,
    address: '192.0.2.10:5060',
    transport: 'udp',
    startedAtMs: atMs,
    ringingAtMs: outcome.ringMs > 400 ? atMs + 400 : null,
    answeredAtMs: outcome.answered ? atMs + outcome.ringMs : null,
    endedAtMs: atMs + outcome.ringMs + outcome.talkMs,
    sipStatus: outcome.sipStatus,
    q850Cause: outcome.q850Cause,
    codec: outcome.answered ? CODEC : null,
    media: null,
  };
}

/** An attempt as one that failed; the one that did not is put right by its caller. */
function attemptLeg(
  attempt: PlannedAttempt,
  of: { readonly seq: number; readonly startedAtMs: number; readonly endedAtMs: number },
): LegResult {
  const isTrunk = attempt.kind === 'trunk';
  return {
    ...of,
    sipCallId: newId(of.startedAtMs),
    extensionId: isTrunk ? null : attempt.extensionId,
    trunkId: isTrunk ? attempt.trunkId : null,
    target: `sip:${attempt.number}`,
    address: isTrunk ? '198.51.100.10:5060' : '192.0.2.11:5060',
    transport: 'udp',
    ringingAtMs: null,
    answeredAtMs: null,
    sipStatus: 503,
    q850Cause: 34,
    codec: null,
    media: null,
  };
}
