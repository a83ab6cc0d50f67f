import type { CallEnd } from '@/lib/control/facts';
import { numberOf } from '@/lib/core/call-plan/destination-number';
import type {
  CallRequest,
  PlannedBuy,
  PlannedCall,
  PlannedHop,
  RefusedCall,
} from '@/lib/core/call-plan/plan';
import type {
  AnswerFacts,
  CallFacts,
  CallLink,
  CallResult,
  ChargedHop,
  LegFacts,
  LegResult,
  ShownCaller,
} from '@/lib/services/charging/types';
import type { Call } from './call';
import type { MediaFigures } from './call-media';
import type { CallEnding } from './call-start';
import type { CalleeLeg } from './callee-leg';
import type { Leg } from './leg';
import { q850OfStatus, SIP_REFUSALS } from './refusals';

/** The side that calls, as a call's record has it. */
export interface CallingSide {
  /** Null where a trunk calls. */
  readonly extensionId: string | null;
  readonly number: string;
}

const NO_HOPS: readonly ChargedHop[] = [];

function chargedHop({ buyerAccountId, sellerAccountId, rate }: PlannedHop): ChargedHop {
  return { buyerAccountId, sellerAccountId, rate };
}

/** What is known of a planned call before anybody is dialled. */
export function factsOf(start: {
  readonly plan: PlannedCall;
  readonly from: CallingSide;
  readonly asked: CallRequest;
  readonly startedAtMs: number;
  readonly link?: CallLink;
}): CallFacts {
  const { plan, from, asked, link } = start;
  const { destination } = plan;
  return {
    callClass: plan.callClass,
    accountId: plan.accountId,
    tenantId: plan.tenantId,
    payerAccountId: plan.payerAccountId,
    fromExtensionId: from.extensionId,
    toExtensionId: destination.kind === 'extension' ? destination.extensionId : null,
    peerAccountId: plan.peerAccountId,
    peerTenantId: plan.peerTenantId,
    fromNumber: from.number,
    callerId: shownCaller(plan, asked),
    dialled: asked.dialled,
    toNumber: numberOf(destination),
    destination: plan.hops[0]?.rate.destination ?? null,
    startedAtMs: start.startedAtMs,
    hops: plan.hops.length === 0 ? NO_HOPS : plan.hops.map(chargedHop),
    ...(plan.buy === undefined ? {} : { buy: plan.buy }),
    ...(link === undefined ? {} : { link }),
    ...(plan.flags === undefined ? {} : { flags: plan.flags }),
    ...(plan.velocity === undefined ? {} : { velocity: plan.velocity }),
  };
}

/** What a recoverer needs of a call that was answered. */
export function answerFactsOf(
  call: Call,
  of: {
    readonly attempts: number;
    readonly buy: PlannedBuy | null;
    readonly legs: readonly LegFacts[];
    readonly winner: Leg | undefined;
  },
): AnswerFacts {
  const { caller, facts } = call;
  const dialogs = {
    caller: caller.isOwn ? caller.leg.snapshot() : null,
    callee: of.winner?.snapshot() ?? null,
  };
  return {
    callId: call.callId,
    answeredAtMs: call.answeredAt ?? 0,
    trunkId: call.trunkId,
    buy: of.buy,
    attempts: of.attempts,
    legs: of.legs,
    dialogs: JSON.parse(JSON.stringify(dialogs)),
    link: facts.link ?? undefined,
  };
}

/** A number that a stranger withholds is no more for the record than for the phone. */
function shownCaller({ callClass, callerId }: PlannedCall, asked: CallRequest): ShownCaller {
  const { number, right, isWithheld } = callerId;
  if (callClass === 'inbound' && isWithheld) return { asked: null, shown: null, right, isWithheld };
  return { asked: asked.callerId, shown: isWithheld ? null : number, right, isWithheld };
}

/** Who asked for a call that got no plan. */
export interface AskingSide {
  readonly accountId: string;
  readonly tenantId: string;
  /** Null where a PBX asks. */
  readonly extensionId: string | null;
  readonly number: string;
}

/** What is known of a call that got no plan. */
export function unplannedFacts(
  by: AskingSide,
  asked: CallRequest,
  begun: { readonly startedAtMs: number; readonly link?: CallLink },
): CallFacts {
  return {
    callClass: 'outbound',
    accountId: by.accountId,
    tenantId: by.tenantId,
    payerAccountId: null,
    fromExtensionId: by.extensionId,
    toExtensionId: null,
    peerAccountId: null,
    peerTenantId: null,
    fromNumber: by.number,
    dialled: asked.dialled,
    toNumber: asked.dialled,
    destination: null,
    hops: [],
    ...begun,
  };
}

/** How long a call lasted. */
export interface CallLength {
  readonly durationMs: number;
  readonly ratedSeconds: number;
}

/** What a call's record needs beside what the call tells of itself. */
export interface EndedCall {
  readonly ending: CallEnding;
  readonly outcome: CallLength;
  readonly media: MediaFigures;
  /** The called ones, in order. */
  readonly legs: readonly CalleeLeg[];
  /** Who picked the call up, by a call of its own that has the figures of its media. */
  readonly picker: Leg | null;
  readonly attempts: number;
  /** Null where nobody answered, or nothing was bought. */
  readonly buy: PlannedBuy | null;
}

/** The record of a call that has ended. */
export function resultOf(
  call: Pick<
    Call,
    'callId' | 'caller' | 'facts' | 'ringingAt' | 'answeredAt' | 'endedAt' | 'trunkId'
  >,
  { ending, outcome, media, legs, picker, attempts, buy }: EndedCall,
): CallResult {
  const { caller, facts } = call;
  const legIds = [caller.leg.id, ...legs.map((leg) => leg.id)];
  return {
    callId: call.callId,
    facts,
    ringingAtMs: call.ringingAt,
    answeredAtMs: call.answeredAt,
    endedAtMs: call.endedAt ?? facts.startedAtMs,
    durationMs: outcome.durationMs,
    ratedSeconds: outcome.ratedSeconds,
    hungUpBy: ending.by,
    sipStatus: ending.status,
    q850Cause: ending.q850 ?? q850OfStatus(ending.status),
    refusal: ending.refusal ?? null,
    trunkId: call.trunkId,
    buy,
    attempts,
    codec: legIds.map(media.codecOf).find((codec) => codec !== null) ?? null,
    media: media.summaryOf(legIds),
    legs: [
      caller.result(media.codecOf(caller.leg.id)),
      ...legs.map((leg) => leg.result(media.codecOf(leg.id))),
      ...(picker ? [{ ...picker.result(null), seq: legs.length + 1 }] : []),
    ],
  };
}

/** The end of a call as the live feed tells it. */
export function endOf({ by, status, refusal }: CallEnding, { durationMs }: CallLength): CallEnd {
  return {
    durationMs,
    hungUpBy: by,
    sipStatus: status,
    refusalCode: refusal?.code ?? null,
    refusalText: refusal?.text ?? null,
  };
}

/** The record of a call that is refused: nothing was reserved and nobody dialled. */
export function refusedResult(refused: {
  readonly callId: string;
  readonly plan: RefusedCall;
  readonly facts: CallFacts;
  readonly leg: LegResult;
  readonly endedAtMs: number;
}): CallResult {
  const { callId, plan, facts, leg, endedAtMs } = refused;
  const { status, q850 } = SIP_REFUSALS[plan.code];
  const { flags } = plan;
  return fruitlessResult({
    ...{ callId, facts: flags ? { ...facts, flags } : facts, legs: [leg], endedAtMs },
    ending: {
      by: 'switch',
      status,
      q850,
      refusal: { code: plan.code, hopAccountId: plan.hopAccountId, text: plan.message },
    },
  });
}

/** The record of a call for which nothing was reserved and nobody dialled. */
export function fruitlessResult(call: {
  readonly callId: string;
  readonly facts: CallFacts;
  readonly legs: readonly LegResult[];
  readonly endedAtMs: number;
  readonly ending: CallEnding;
}): CallResult {
  const { callId, facts, legs, endedAtMs, ending } = call;
  return {
    callId,
    facts: { ...facts, payerAccountId: null, hops: [] },
    ringingAtMs: null,
    answeredAtMs: null,
    endedAtMs,
    durationMs: 0,
    ratedSeconds: 0,
    hungUpBy: ending.by,
    sipStatus: ending.status,
    q850Cause: ending.q850,
    refusal: ending.refusal ?? null,
    trunkId: null,
    buy: null,
    attempts: 0,
    codec: null,
    media: null,
    legs,
  };
}

/**
 * The hop of a refusal as the caller may know it: its own account, the one it buys from, or just
 * that it is above.
 */
export function hopAsSeen(
  facts: Pick<CallFacts, 'accountId' | 'hops'>,
  hopAccountId: string | null,
): 'own' | 'seller' | 'upstream' | null {
  if (hopAccountId === null) return null;
  if (hopAccountId === facts.accountId) return 'own';
  return hopAccountId === facts.hops[0]?.sellerAccountId ? 'seller' : 'upstream';
}
