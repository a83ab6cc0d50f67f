import type { ControlClient } from '@/lib/control/client';
import type { CommandResult } from '@/lib/control/commands';
import { toWireMoney } from '@/lib/core/money';
import { type RateSnapshot, rateFromSnapshot } from '@/lib/core/rating/snapshot';
import { authorize, inSubtree, notFound, reaches } from '@/lib/services/access/authorize';
import type { Actor, ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { affordableSeconds, type PaidHop } from './internal/affordable';
import { explainHops, type HopCharge } from './internal/hops';
import { REFUSED_ABOVE } from './internal/view';
import {
  type SimulateCallInput,
  simulateCallSchema,
  type WireSimulatedRoute,
  type WireSimulation,
} from './schemas';

/** A charge that would be, with its rate. */
type SimulatedCharge = HopCharge & { readonly snapshot: RateSnapshot };

type Simulated = CommandResult<'simulate'>;
type Priced = NonNullable<Simulated['plan']>['hops'][number];

/**
 * What would become of a call, without a call: the plan that the switch would make of it, the price at
 * every hop that the viewer may see and, for the operator, the route that is chosen and why the others
 * are not. Nothing is held. Throws NOT_FOUND for an extension that is not in reach or an account
 * without one, UNAVAILABLE without a switch.
 */
export async function simulateCall(
  context: ServiceContext,
  control: ControlClient,
  input: SimulateCallInput,
): Promise<WireSimulation> {
  authorize(context, 'calls.simulate');
  const {
    extensionId,
    accountId,
    dialled,
    callAs = null,
    at,
    seconds,
  } = parseInput(simulateCallSchema, input);
  const caller = await findCaller(context, extensionId ?? null, accountId ?? null);
  const simulated = await control.send('simulate', {
    scopePath: context.actor.accountPath,
    extensionId: caller.extensionId,
    dialled,
    callAs,
    atMs: at === undefined ? null : Date.parse(at),
    seconds,
  });
  const { plan } = simulated;
  const charges = chargesOf(simulated, seconds);
  const paid = charges.flatMap((charge) => (charge.sellerAccountId === null ? [] : [charge]));
  const funds = paid.length === 0 ? null : await affordableSeconds(context, paid.map(toPaidHop));
  const hops = await explainHops(context, charges);
  return {
    caller,
    at: new Date(simulated.atMs).toISOString(),
    seconds,
    callClass: plan?.callClass ?? null,
    number: plan?.number ?? null,
    callerId: plan && {
      number: plan.callerId.isWithheld ? null : plan.callerId.number,
      right: plan.callerId.right,
    },
    maxSeconds: plan?.maxSeconds ?? null,
    talkSeconds: plan && funds !== null ? Math.min(plan.maxSeconds, funds) : null,
    refusal: await refusalOf(context, simulated.refusal),
    hops: hops.map((hop) => ({ ...hop, isOwnRate: plan?.hops[hop.hop]?.isOwnRate ?? false })),
    routes: seesRoutes(context.actor) ? await routesOf(context, simulated) : null,
  };
}

async function findCaller(
  { database, actor }: ServiceContext,
  extensionId: string | null,
  accountId: string | null,
): Promise<WireSimulation['caller']> {
  const extension = await database.prisma.extension.findFirst({
    where: {
      ...(extensionId === null ? {} : { id: extensionId }),
      tenant: {
        ...(accountId === null ? {} : { accountId }),
        account: inSubtree(actor),
      },
    },
    orderBy: [{ tenant: { domain: 'asc' } }, { number: 'asc' }],
    select: {
      id: true,
      number: true,
      tenant: { select: { domain: true, account: { select: { id: true, name: true } } } },
    },
  });
  if (extension === null)
    throw notFound(accountId === null ? 'extension' : 'account with an extension');
  const { id, number, tenant } = extension;
  return { extensionId: id, number, domain: tenant.domain, account: tenant.account };
}

/** The charges that a call of so many seconds would make; the first route is the one that answers. */
function chargesOf({ plan, routes }: Simulated, seconds: number): readonly SimulatedCharge[] {
  if (plan === null) return [];
  const sold = plan.hops.map((hop, index) => ({
    ...chargeOf(hop, index, seconds),
    buyerAccountId: hop.buyerAccountId,
    sellerAccountId: hop.sellerAccountId,
    carrierId: null,
  }));
  const [first] = routes;
  const operatorId = plan.hops.at(-1)?.sellerAccountId;
  if (!first?.buy || first.skipped !== null || operatorId === undefined) return sold;
  const bought = {
    ...chargeOf(first.buy, sold.length, seconds),
    buyerAccountId: operatorId,
    sellerAccountId: null,
    carrierId: first.carrierId,
  };
  return [...sold, bought];
}

function chargeOf(
  price: Pick<Priced, 'snapshot' | 'billedSeconds' | 'amountMicro'>,
  hop: number,
  seconds: number,
) {
  return {
    hop,
    currency: price.snapshot.currency,
    amountMicro: BigInt(price.amountMicro),
    ratedSeconds: seconds,
    billedSeconds: price.billedSeconds,
    snapshot: price.snapshot,
  };
}

function toPaidHop({ buyerAccountId, currency, snapshot }: SimulatedCharge): PaidHop {
  return { accountId: buyerAccountId, currency, terms: rateFromSnapshot(snapshot) };
}

async function refusalOf(
  { database, actor }: ServiceContext,
  refusal: Simulated['refusal'],
): Promise<WireSimulation['refusal']> {
  if (refusal === null) return null;
  const { code, hopAccountId, message } = refusal;
  if (hopAccountId === null) return { code, text: message, hop: null };
  const hop = await database.prisma.account.findUnique({
    where: { id: hopAccountId },
    select: { id: true, name: true, path: true },
  });
  if (hop === null || !reaches(actor, hop.path)) {
    return { code: 'UNAVAILABLE', text: REFUSED_ABOVE, hop: null };
  }
  return { code, text: message, hop: { id: hop.id, name: hop.name } };
}

function seesRoutes(actor: Actor): boolean {
  return actor.kind === 'system' || actor.accountKind === 'operator';
}

async function routesOf(
  { database }: ServiceContext,
  { routes, plan }: Simulated,
): Promise<WireSimulatedRoute[]> {
  const carriers = await database.prisma.carrier.findMany({
    where: { id: { in: routes.flatMap(({ carrierId }) => carrierId ?? []) } },
    select: { id: true, name: true },
  });
  const operator = await database.prisma.account.findFirstOrThrow({
    where: { kind: 'operator' },
    select: { currency: true },
  });
  const sold = plan?.hops.at(-1);
  const gets =
    sold && sold.snapshot.currency === operator.currency ? BigInt(sold.amountMicro) : null;
  const money = (micro: string | null) =>
    micro === null ? null : toWireMoney(BigInt(micro), operator.currency);
  return routes.map((route, index) => {
    const cost =
      route.buy && toWireMoney(BigInt(route.buy.amountMicro), route.buy.snapshot.currency);
    const keeps =
      cost !== null && gets !== null && cost.currency === operator.currency && route.buy
        ? toWireMoney(gets - BigInt(route.buy.amountMicro), operator.currency)
        : null;
    return {
      place: route.skipped === null ? index + 1 : null,
      trunk: { id: route.trunkId, name: route.trunkName },
      carrier: carriers.find(({ id }) => id === route.carrierId) ?? null,
      number: route.number,
      isDemoted: route.isDemoted,
      skipped: route.skipped,
      cost,
      keeps,
      cost300: money(route.cost300Micro),
      price300: money(route.price300Micro),
    };
  });
}
