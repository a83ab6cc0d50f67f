import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findRouteGroup } from './internal/view';

/** Removes a route group; its trunks stay. */
export async function deleteRouteGroup(
  context: ServiceContext,
  routeGroupId: string,
): Promise<void> {
  authorize(context, 'trunks.write');
  await context.database.prisma.$transaction(async (tx) => {
    const group = await findRouteGroup(tx, context, routeGroupId);
    await tx.routeGroup.delete({ where: { id: group.id } });
    await recordAudit(tx, context, {
      verb: 'routeGroups.delete',
      objectKind: 'route_group',
      objectId: group.id,
      accountId: group.accountId,
    });
  });
}
