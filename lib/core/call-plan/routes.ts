import type { ErrorCode } from '@/lib/core/errors';
import { type E164, e164Digits } from '@/lib/core/phone-number';
import { converted } from '@/lib/core/rating/fx';
import { priceCall } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';
import { inCurrency, type Side } from './chain';
import { type LimitHit, priceHit, trunkLimitHit } from './limit-checks';
import {
  COMPARED_SECONDS,
  type PlannedAttempt,
  type PlannedHop,
  type RefusedCall,
  type SkippedRoute,
  type SkipReason,
} from './plan';
import { refuse } from './refusal';
import type {
  AccountView,
  CarrierView,
  Decks,
  Directory,
  Limits,
  RouteGroupMemberView,
  RouteGroupView,
  TrunkView,
} from './views';

type TrunkAttempt = Extract<PlannedAttempt, { kind: 'trunk' }>;

/** The routes in the order they are tried, and those that were not taken. */
export interface Routes {
  readonly kind: 'routes';
  readonly attempts: readonly TrunkAttempt[];
  readonly skipped: readonly SkippedRoute[];
}

/** What the choice of routes depends on. */
export interface RouteQuestion {
  readonly directory: Directory;
  readonly decks: Decks;
  readonly limits: Limits;
  readonly side: Side;
  readonly operator: AccountView;
  readonly e164: E164;
  readonly hops: readonly PlannedHop[];
  readonly atMs: number;
  readonly draw?: (() => number) | undefined;
}

interface Candidate {
  readonly member: RouteGroupMemberView;
  readonly trunk: TrunkView;
  readonly carrier: CarrierView;
  readonly rate: Rate;
  readonly cost300Micro: bigint;
  readonly isDemoted: boolean;
}

type CandidateOutcome = Candidate | { readonly skip: SkippedRoute };

/** Reasons from the first check to the last: the one that got furthest explains the refusal. */
const REASON_ORDER: readonly SkipReason[] = [
  'TRUNK_UNAVAILABLE',
  'NO_BUY_RATE',
  'DESTINATION_BLOCKED',
  'CURRENCY_MISMATCH',
  'LIMIT_RATE',
  'LIMIT_CONNECT_FEE',
  'LIMIT_DAILY_SPEND',
  'MARGIN_NEGATIVE',
  'LIMIT_CPS',
  'LIMIT_CONCURRENT',
];

const CODE_OF_REASON: Readonly<Record<SkipReason, ErrorCode>> = {
  TRUNK_UNAVAILABLE: 'NO_ROUTE',
  NO_BUY_RATE: 'NO_BUY_RATE',
  DESTINATION_BLOCKED: 'DESTINATION_BLOCKED',
  CURRENCY_MISMATCH: 'NO_BUY_RATE',
  LIMIT_RATE: 'LIMIT_RATE',
  LIMIT_CONNECT_FEE: 'LIMIT_CONNECT_FEE',
  LIMIT_DAILY_SPEND: 'LIMIT_DAILY_SPEND',
  MARGIN_NEGATIVE: 'MARGIN_NEGATIVE',
  LIMIT_CPS: 'LIMIT_CPS',
  LIMIT_CONCURRENT: 'LIMIT_CONCURRENT',
};

const WORDS_OF_REASON: Readonly<Record<SkipReason, string>> = {
  TRUNK_UNAVAILABLE: 'no trunk is in service',
  NO_BUY_RATE: 'no carrier has a rate for it',
  DESTINATION_BLOCKED: "it is blocked in the carriers' decks",
  CURRENCY_MISMATCH: 'there is no exchange rate for what carriers charge',
  LIMIT_RATE: 'every carrier takes more for a minute than is allowed',
  LIMIT_CONNECT_FEE: 'every carrier takes more to connect than is allowed',
  LIMIT_DAILY_SPEND: 'what may be spent on carriers in a day is used up',
  MARGIN_NEGATIVE: 'every carrier costs more than it is sold for',
  LIMIT_CPS: 'every carrier is at its limit of calls a second',
  LIMIT_CONCURRENT: 'every carrier is at its limit of calls at a time',
};

/** What the operator gets for 300 s of it, in its currency; null where the operator itself calls. */
function operatorPrice({ hops, directory, operator, atMs }: RouteQuestion): bigint | null {
  const sold = hops.at(-1);
  if (!sold) return null;
  // Without an exchange rate it is worth nothing: rather no call than one at a loss.
  return inCurrency(directory, { from: sold, to: operator.currency, atMs }) ?? 0n;
}

/** What a carrier takes, in the operator's currency; undefined = nobody knows. */
function worthTo(
  { directory, operator, atMs }: RouteQuestion,
  { currency }: Rate,
  amountMicro: bigint,
): bigint | undefined {
  const rateNano = directory.exchangeRate(currency, operator.currency, atMs);
  return rateNano === undefined ? undefined : converted(amountMicro, rateNano);
}

function assess(question: RouteQuestion, member: RouteGroupMemberView): CandidateOutcome {
  const { directory, decks, operator } = question;
  const price300Micro = operatorPrice(question);
  const trunk = directory.trunkById(member.trunkId);
  const skip = (reason: SkipReason, cost300Micro: bigint | null = null) => ({
    skip: {
      trunkId: member.trunkId,
      trunkName: trunk?.name ?? member.trunkId,
      reason,
      cost300Micro,
      price300Micro,
    },
  });
  const carrier = trunk?.carrierId == null ? undefined : directory.carrierById(trunk.carrierId);
  if (trunk?.status !== 'active' || !carrier || !trunk.isDialable) return skip('TRUNK_UNAVAILABLE');
  if (directory.isTrunkDown(trunk.id)) return skip('TRUNK_UNAVAILABLE');
  const deck = carrier.buyDeckId === null ? undefined : decks.deckById(carrier.buyDeckId);
  const match = deck?.lookup(e164Digits(question.e164), question.atMs);
  // A mark-up is no price: the operator buys from nobody but carriers.
  if (!match || match.markup) return skip('NO_BUY_RATE');
  if (match.blocked) return skip('DESTINATION_BLOCKED');
  const { rate } = match;
  const carrierTakes = priceCall(rate, COMPARED_SECONDS).amountMicro;
  const cost300Micro =
    rate.currency === operator.currency ? carrierTakes : worthTo(question, rate, carrierTakes);
  if (cost300Micro === undefined) return skip('CURRENCY_MISMATCH');
  const dear = costHit(question, trunk, rate);
  if (dear) return skip(dear, cost300Micro);
  const floor = operator.marginFloorMicro;
  if (price300Micro !== null && floor !== null && price300Micro - cost300Micro < floor) {
    return skip('MARGIN_NEGATIVE', cost300Micro);
  }
  const hit = trunkLimitHit(question.limits, trunk, directory.rules);
  if (hit) return skip(skipReasonOf(hit), cost300Micro);
  const isDemoted = directory.isTrunkDemoted(trunk.id);
  return { member, trunk, carrier, rate, cost300Micro, isDemoted };
}

/** Whether a carrier's rate is more than the trunk or the operator may pay, or has left for today. */
function costHit(
  { limits, directory, operator }: RouteQuestion,
  trunk: TrunkView,
  rate: Rate,
): SkipReason | null {
  const { rules } = directory;
  const ofTrunk = rules?.limitsOf('trunk', trunk.id);
  const ofOperator = rules?.limitsOf('account', operator.id);
  const hit =
    (ofTrunk && priceHit(limits, { kind: 'trunk', id: trunk.id, limits: ofTrunk }, rate)) ??
    (ofOperator &&
      priceHit(limits, { kind: 'account', id: operator.id, limits: ofOperator }, rate));
  return hit ? skipReasonOf(hit) : null;
}

/** Destinations are not looked at per trunk; every other limit's code is the reason's, too. */
function skipReasonOf({ code }: LimitHit): SkipReason {
  return code;
}

function compareText(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Total, so that the same plan comes out every time: those that are demoted come last. */
function compareCandidates(
  strategy: RouteGroupView['strategy'],
  left: Candidate,
  right: Candidate,
) {
  const byHealth = Number(left.isDemoted) - Number(right.isDemoted);
  const byCost =
    left.cost300Micro === right.cost300Micro ? 0 : left.cost300Micro < right.cost300Micro ? -1 : 1;
  const byPriority =
    left.member.priority - right.member.priority || right.member.weight - left.member.weight;
  const ranked = strategy === 'lcr' ? byCost || byPriority : byPriority || byCost;
  return byHealth || ranked || compareText(left.trunk.name, right.trunk.name);
}

/** Whether only the lot decides which of two comes first. */
function isDrawn(left: Candidate, right: Candidate): boolean {
  return left.isDemoted === right.isDemoted && left.member.priority === right.member.priority;
}

/**
 * Within each priority every trunk is first for its share of the calls, and the others follow in the
 * same way: what is left of one draw is the draw among those that remain.
 */
function shareByWeight(ordered: readonly Candidate[], draw: () => number): Candidate[] {
  const shared: Candidate[] = [];
  for (let start = 0; start < ordered.length; ) {
    const [first] = ordered.slice(start);
    if (!first) break;
    const equals = ordered.slice(start).filter((other) => isDrawn(first, other));
    start += equals.length;
    let lot = draw();
    while (equals.length > 0) {
      const total = equals.reduce((sum, { member }) => sum + member.weight, 0);
      let left = lot * total;
      let index = 0;
      while (index < equals.length - 1 && left >= (equals[index]?.member.weight ?? 0)) {
        left -= equals[index]?.member.weight ?? 0;
        index += 1;
      }
      const [drawn] = equals.splice(index, 1);
      if (!drawn) break;
      shared.push(drawn);
      lot = Math.min(left / drawn.member.weight, 1 - Number.EPSILON);
    }
  }
  return shared;
}

function toAttempt(question: RouteQuestion, candidate: Candidate): TrunkAttempt {
  const { trunk, carrier, rate, cost300Micro, isDemoted } = candidate;
  return {
    kind: 'trunk',
    trunkId: trunk.id,
    carrierId: carrier.id,
    number: question.e164,
    buy: { carrierId: carrier.id, buyerAccountId: question.operator.id, rate },
    cost300Micro,
    ...(isDemoted ? { isDemoted } : {}),
    price300Micro: operatorPrice(question),
  };
}

/** Why there is no route at all: the reason of the one that got furthest. */
function noRoute(question: RouteQuestion, skipped: readonly SkippedRoute[]): RefusedCall {
  const { e164, operator, side } = question;
  const reason = REASON_ORDER.findLast((candidate) =>
    skipped.some((route) => route.reason === candidate),
  );
  const words = reason ? WORDS_OF_REASON[reason] : 'no route leads there';
  const sold = question.hops.at(-1);
  return refuse({
    code: reason ? CODE_OF_REASON[reason] : 'NO_ROUTE',
    hop: operator,
    message: `${operator.name} can't carry a call to ${e164}: ${words}`,
    detail: {
      destination: e164,
      caller: side.account.name,
      buyerAccountId: sold?.buyerAccountId ?? null,
      soldPrefix: sold?.rate.prefix ?? null,
      price300Micro: sold?.price300Micro.toString() ?? null,
    },
    skipped,
  });
}

/**
 * The deck by which calls are routed that the operator sells: the sell deck of whoever buys from it,
 * also where a rate of its own is the price; that of its own rates only where it has no other.
 */
function routingDeckId({ chain }: Side): string | null {
  const buyer = chain.at(-2);
  return buyer?.sellDeckId ?? buyer?.ownDeckId ?? null;
}

/**
 * The carriers that may take a call, cheapest first by the cost of 300 s (or by priority, where
 * the group says so). The loss guard compares what the operator gets for 300 s at the top hop with
 * what the carrier takes, fees included: the operator is the one who pays the carrier, so it is
 * the one who would lose. Everyone below is guarded by `checkHopMargins`.
 */
export function planRoutes(question: RouteQuestion): RefusedCall | Routes {
  const group = question.directory.routeGroupFor(routingDeckId(question.side));
  const candidates: Candidate[] = [];
  const skipped: SkippedRoute[] = [];
  for (const member of group?.members ?? []) {
    const outcome = assess(question, member);
    if ('skip' in outcome) skipped.push(outcome.skip);
    else candidates.push(outcome);
  }
  if (!group || candidates.length === 0) return noRoute(question, skipped);
  candidates.sort((left, right) => compareCandidates(group.strategy, left, right));
  const isShared = group.strategy === 'priority' && question.draw !== undefined;
  const ordered = isShared ? shareByWeight(candidates, question.draw) : candidates;
  const attempts = ordered.map((candidate) => toAttempt(question, candidate));
  return { kind: 'routes', attempts, skipped };
}
