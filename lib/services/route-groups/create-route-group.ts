import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getRouteGroup } from './get-route-group';
import { replaceDecks, replaceMembers } from './internal/view';
import { type CreateRouteGroupInput, createRouteGroupSchema, type WireRouteGroup } from './schemas';

/** Creates an ordered choice of trunks. Throws CONFLICT for a name that is taken. */
export async function createRouteGroup(
  context: ServiceContext,
  input: CreateRouteGroupInput,
): Promise<WireRouteGroup> {
  authorize(context, 'trunks.write');
  const { members, deckIds, name, strategy } = parseInput(createRouteGroupSchema, input);
  const { accountId } = context.actor;
  const id = newId(context.clock.nowMs());
  await refuseConflicts({ taken: `There is a route group "${name}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      await tx.routeGroup.create({ data: { id, accountId, name, strategy } });
      await replaceMembers(tx, { id, accountId }, members);
      await replaceDecks(tx, { id, accountId }, deckIds);
      await recordAudit(tx, context, {
        verb: 'routeGroups.create',
        objectKind: 'route_group',
        objectId: id,
        accountId,
        detail: { strategy, members, deckIds },
      });
    }),
  );
  return await getRouteGroup(context, id);
}
