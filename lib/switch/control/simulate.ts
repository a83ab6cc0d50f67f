import type { CommandHandlers } from '@/lib/control/commands';
import { numberOf } from '@/lib/core/call-plan/destination-number';
import type {
  CallPlan,
  PlannedAttempt,
  PlannedCall,
  SkippedRoute,
} from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import { priceCall } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';
import { snapshotOf } from '@/lib/core/rating/snapshot';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { QuoteSubjects } from './quote';
import { extensionInScope } from './scope';

type Asked = Parameters<CommandHandlers['simulate']>[0];
type Simulated = Awaited<ReturnType<CommandHandlers['simulate']>>;
type SimulatedRoute = Simulated['routes'][number];
type TrunkAttempt = Extract<PlannedAttempt, { kind: 'trunk' }>;

/**
 * The plan that admission would make of a call, with everything that led to it: the same function,
 * the same directory and decks. Nothing is reserved and nothing dialled.
 */
export function simulate(subjects: QuoteSubjects, asked: Asked): Simulated {
  const { directory, decks, usage, clock } = subjects;
  const { tenantId, number } = extensionInScope(directory, asked.extensionId, asked.scopePath);
  const atMs = asked.atMs ?? clock.nowMs();
  const origin = { kind: 'extension', tenantId, number } as const;
  const request = { origin, dialled: asked.dialled, callerId: asked.callAs };
  const plan = planCall({ directory, decks, limits: usage }, request, atMs);
  return {
    atMs,
    ...outcomeOf(directory, plan, asked.seconds),
    routes: routesOf(directory, plan, asked.seconds),
  };
}

function outcomeOf(
  directory: SwitchDirectory,
  plan: CallPlan,
  seconds: number,
): Pick<Simulated, 'refusal' | 'plan'> {
  if (plan.kind === 'refused') {
    const { code, hopAccountId, message } = plan;
    return { refusal: { code, hopAccountId, message }, plan: null };
  }
  return { refusal: null, plan: plannedOf(directory, plan, seconds) };
}

function plannedOf(
  directory: SwitchDirectory,
  plan: PlannedCall,
  seconds: number,
): NonNullable<Simulated['plan']> {
  return {
    callClass: plan.callClass,
    number: numberOf(plan.destination),
    callerId: plan.callerId,
    maxSeconds: plan.maxSeconds,
    hops: plan.hops.map(({ buyerAccountId, sellerAccountId, rate }) => ({
      buyerAccountId,
      sellerAccountId,
      isOwnRate: directory.accountById(buyerAccountId)?.ownDeckId === rate.deckId,
      ...priced(rate, seconds),
    })),
  };
}

function priced(rate: Rate, seconds: number) {
  const { billedSeconds, amountMicro } = priceCall(rate, seconds);
  return {
    snapshot: snapshotOf(rate),
    billedSeconds,
    amountMicro: amountMicro.toString(),
  };
}

function routesOf(directory: SwitchDirectory, plan: CallPlan, seconds: number): SimulatedRoute[] {
  const attempts = plan.kind === 'planned' ? plan.attempts : [];
  const tried = attempts.flatMap((attempt) =>
    attempt.kind === 'trunk' ? [triedRoute(directory, attempt, seconds)] : [],
  );
  return [...tried, ...plan.skipped.map((route) => skippedRoute(directory, route))];
}

function triedRoute(
  directory: SwitchDirectory,
  attempt: TrunkAttempt,
  seconds: number,
): SimulatedRoute {
  return {
    trunkId: attempt.trunkId,
    trunkName: directory.trunkById(attempt.trunkId)?.name ?? '',
    carrierId: attempt.carrierId,
    number: attempt.number,
    isDemoted: attempt.isDemoted ?? false,
    skipped: null,
    buy: attempt.buy && priced(attempt.buy.rate, seconds),
    cost300Micro: attempt.buy && attempt.cost300Micro.toString(),
    price300Micro: attempt.price300Micro?.toString() ?? null,
  };
}

function skippedRoute(directory: SwitchDirectory, route: SkippedRoute): SimulatedRoute {
  return {
    trunkId: route.trunkId,
    trunkName: route.trunkName,
    carrierId: directory.trunkById(route.trunkId)?.carrierId ?? null,
    number: null,
    isDemoted: false,
    skipped: route.reason,
    buy: null,
    cost300Micro: route.cost300Micro?.toString() ?? null,
    price300Micro: route.price300Micro?.toString() ?? null,
  };
}
