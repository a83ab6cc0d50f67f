import { assert } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { toWireMoney } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { listExtensionsOf } from '@/lib/services/extensions/list-extensions-of';
import type { WireExtension } from '@/lib/services/extensions/schemas';
import type { WireSubscription } from '@/lib/services/subscriptions/schemas';
import type { ObservedStatus, WireCondition } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const subscriptionInclude = {
  planVersion: { include: { plan: { select: { id: true, name: true } } } },
  account: { select: { billedBy: true } },
} satisfies Prisma.SubscriptionInclude;

export type SubscriptionRow = Prisma.SubscriptionGetPayload<{
  include: typeof subscriptionInclude;
}>;

/** A subscription of the caller's subtree. Throws NOT_FOUND for any other. */
export async function findSubscription(
  tx: Tx,
  { actor }: ServiceContext,
  subscriptionId: string,
): Promise<SubscriptionRow> {
  const row = isUuid(subscriptionId)
    ? await tx.subscription.findFirst({
        where: { id: subscriptionId, account: inSubtree(actor) },
        include: subscriptionInclude,
      })
    : null;
  if (row === null) throw notFound('subscription');
  return row;
}

/** Views of subscriptions with the extensions that each provisions. */
export async function toWireSubscriptions(
  context: ServiceContext,
  rows: readonly SubscriptionRow[],
): Promise<readonly WireSubscription[]> {
  const extensions = await listExtensionsOf(
    context,
    rows.map((row) => row.id),
  );
  return rows.map((row) => toWireSubscription(row, extensions.get(row.id) ?? []));
}

/** One of them. */
export async function toOneWireSubscription(
  context: ServiceContext,
  row: SubscriptionRow,
): Promise<WireSubscription> {
  const [view] = await toWireSubscriptions(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}

function toWireSubscription(row: SubscriptionRow, extensions: WireExtension[]): WireSubscription {
  const { planVersion: version, account } = row;
  const charged = version.pricePeriodMicro + version.setUpFeeMicro;
  return {
    id: row.id,
    accountId: row.accountId,
    plan: { ...version.plan, version: version.version },
    state: row.status,
    orderKey: row.orderKey,
    externalId: row.externalId,
    pricePerPeriod: toWireMoney(version.pricePeriodMicro, version.currency),
    charged: account.billedBy === 'portal' ? toWireMoney(charged, version.currency) : null,
    extensionsGranted: version.extensions,
    extensions,
    startedAt: row.startedAt?.toISOString() ?? null,
    cancelledAt: row.cancelledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    generation: Math.max(0, ...extensions.map((one) => one.generation)),
    status: worstStatus(extensions),
  };
}

/** A subscription is as live as the part of it that is furthest behind. */
function worstStatus(extensions: readonly WireExtension[]): ObservedStatus {
  const conditions = extensions.flatMap((one) => one.status.conditions);
  const behind: WireCondition | undefined =
    conditions.find((one) => one.status === 'Unknown') ??
    conditions.find((one) => one.status === 'False') ??
    conditions[0];
  const seen = extensions.map((one) => one.status.observedGeneration);
  return {
    observedGeneration:
      seen.includes(null) || seen.length === 0 ? null : Math.max(...seen.map(Number)),
    conditions: behind ? [behind] : [],
  };
}
