import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { routeGroupInclude, toWireRouteGroups } from './internal/view';
import { type ListRouteGroupsInput, listRouteGroupsSchema, type WireRouteGroup } from './schemas';

/** The operator's route groups by name. */
export async function listRouteGroups(
  context: ServiceContext,
  input: ListRouteGroupsInput = {},
): Promise<Page<WireRouteGroup>> {
  authorize(context, 'trunks.read');
  const { cursor, limit } = parseInput(listRouteGroupsSchema, input);
  const rows = await context.database.prisma.routeGroup.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(cursor ? { name: { gt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    include: routeGroupInclude,
    orderBy: { name: 'asc' },
    take: limit + 1,
  });
  const views = await toWireRouteGroups(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.name], toItem: (view) => view });
}
