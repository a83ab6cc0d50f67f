import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getRouteGroup } from './get-route-group';
import { findRouteGroup, replaceDecks, replaceMembers } from './internal/view';
import { type UpdateRouteGroupInput, updateRouteGroupSchema, type WireRouteGroup } from './schemas';

/** Changes name, strategy or the whole set of members or of decks; what is left out stays. */
export async function updateRouteGroup(
  context: ServiceContext,
  routeGroupId: string,
  input: UpdateRouteGroupInput,
): Promise<WireRouteGroup> {
  authorize(context, 'trunks.write');
  const { name, strategy, members, deckIds } = parseInput(updateRouteGroupSchema, input);
  await refuseConflicts({ taken: `There is a route group "${name ?? ''}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const group = await findRouteGroup(tx, context, routeGroupId);
      await tx.routeGroup.update({
        where: { id: group.id },
        data: {
          ...(name === undefined ? {} : { name }),
          ...(strategy === undefined ? {} : { strategy }),
        },
      });
      if (members) await replaceMembers(tx, group, members);
      if (deckIds) await replaceDecks(tx, group, deckIds);
      await recordAudit(tx, context, {
        verb: 'routeGroups.update',
        objectKind: 'route_group',
        objectId: group.id,
        accountId: group.accountId,
        detail: {
          ...(strategy ? { strategy } : {}),
          ...(members ? { members } : {}),
          ...(deckIds ? { deckIds } : {}),
        },
      });
    }),
  );
  return await getRouteGroup(context, routeGroupId);
}
