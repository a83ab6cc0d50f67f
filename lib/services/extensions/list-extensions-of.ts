import { inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { extensionInclude, toWireExtensions } from './internal/view';
import type { WireExtension } from './schemas';

/** The extensions of each of some subscriptions, by number; for views of the latter. */
export async function listExtensionsOf(
  context: ServiceContext,
  subscriptionIds: readonly string[],
): Promise<ReadonlyMap<string, WireExtension[]>> {
  const rows = await context.database.prisma.extension.findMany({
    where: {
      subscriptionId: { in: [...subscriptionIds] },
      tenant: { account: inSubtree(context.actor) },
    },
    include: extensionInclude,
    orderBy: { number: 'asc' },
  });
  const bySubscription = new Map<string, WireExtension[]>();
  for (const view of await toWireExtensions(context, rows)) {
    const id = view.subscriptionId ?? '';
    bySubscription.set(id, [...(bySubscription.get(id) ?? []), view]);
  }
  return bySubscription;
}
