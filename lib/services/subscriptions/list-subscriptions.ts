import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { subscriptionInclude, toWireSubscriptions } from './internal/view';
import {
  type ListSubscriptionsInput,
  listSubscriptionsSchema,
  type WireSubscription,
} from './schemas';

/** The subscriptions of the caller's subtree, the newest first. */
export async function listSubscriptions(
  context: ServiceContext,
  input: ListSubscriptionsInput = {},
): Promise<Page<WireSubscription>> {
  authorize(context, 'subscriptions.read');
  const { cursor, limit, accountId, planId, state } = parseInput(listSubscriptionsSchema, input);
  const rows = await context.database.prisma.subscription.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(accountId ? { accountId } : {}),
      ...(planId ? { planVersion: { planId } } : {}),
      ...(state ? { status: state } : {}),
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    include: subscriptionInclude,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const views = await toWireSubscriptions(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.id], toItem: (view) => view });
}
