import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findSubscription, toOneWireSubscription } from './internal/view';
import type { WireSubscription } from './schemas';

/** One subscription with its extensions and how far the switch has taken them over. */
export async function getSubscription(
  context: ServiceContext,
  subscriptionId: string,
): Promise<WireSubscription> {
  authorize(context, 'subscriptions.read');
  const row = await findSubscription(context.database.prisma, context, subscriptionId);
  return await toOneWireSubscription(context, row);
}
