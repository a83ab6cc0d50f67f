import { assert } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { parseMicro, toWireMoney } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { Actor, ServiceContext } from '@/lib/services/context';
import type { PlanTerms, WirePlan } from '@/lib/services/plans/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const planInclude = {
  versions: {
    include: { _count: { select: { subscriptions: { where: { status: 'active' } } } } },
    orderBy: { version: 'desc' },
  },
} satisfies Prisma.PlanInclude;

export type PlanRow = Prisma.PlanGetPayload<{ include: typeof planInclude }>;

/** Whose plans the caller may manage: its own; the operator everybody's. */
export function managedPlans(actor: Actor): Prisma.PlanWhereInput {
  if (actor.kind === 'system' || actor.accountKind === 'operator') {
    return { account: inSubtree(actor) };
  }
  return { accountId: actor.accountId };
}

/** A plan that the caller may manage, locked until the transaction ends. Throws NOT_FOUND. */
export async function lockPlan(
  tx: Tx,
  { actor }: ServiceContext,
  planId: string,
): Promise<PlanRow> {
  if (!isUuid(planId)) throw notFound('plan');
  await tx.$queryRaw`SELECT 1 FROM plan WHERE id = ${planId}::uuid FOR UPDATE`;
  const row = await tx.plan.findFirst({
    where: { id: planId, AND: [managedPlans(actor)] },
    include: planInclude,
  });
  if (row === null) throw notFound('plan');
  return row;
}

/** A version's columns, from what somebody wrote. */
export function toVersionColumns(terms: PlanTerms, currency: string) {
  return {
    description: terms.description,
    currency: terms.currency ?? currency,
    pricePeriodMicro: parseMicro(terms.pricePerPeriod),
    setUpFeeMicro: parseMicro(terms.setUpFee),
    extensions: terms.extensions,
    recording: terms.recording,
  };
}

/** A plan as the API shows it; how often it is sold is the seller's business. */
export function toWirePlan(actor: Actor, row: PlanRow): WirePlan {
  const version = row.versions.find((one) => one.id === row.activeVersionId) ?? row.versions[0];
  assert(version !== undefined, 'a plan has a version');
  const seesSales =
    actor.kind === 'system' ||
    actor.accountKind === 'operator' ||
    row.accountId === actor.accountId;
  return {
    id: row.id,
    accountId: row.accountId,
    name: row.name,
    state: row.status,
    version: version.version,
    description: version.description,
    pricePerPeriod: toWireMoney(version.pricePeriodMicro, version.currency),
    setUpFee: toWireMoney(version.setUpFeeMicro, version.currency),
    extensions: version.extensions,
    recording: version.recording,
    subscriptionCount: seesSales
      ? row.versions.reduce((sum, one) => sum + one._count.subscriptions, 0)
      : null,
    createdAt: row.createdAt.toISOString(),
  };
}
