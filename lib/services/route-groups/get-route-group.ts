import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findRouteGroup, toWireRouteGroups } from './internal/view';
import type { WireRouteGroup } from './schemas';

/** One route group with its members. */
export async function getRouteGroup(
  context: ServiceContext,
  routeGroupId: string,
): Promise<WireRouteGroup> {
  authorize(context, 'trunks.read');
  const row = await findRouteGroup(context.database.prisma, context, routeGroupId);
  const [view] = await toWireRouteGroups(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
