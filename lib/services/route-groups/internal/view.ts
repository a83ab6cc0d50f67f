import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { RouteGroupMembers, WireRouteGroup } from '@/lib/services/route-groups/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const routeGroupInclude = {
  members: {
    include: { trunk: { select: { name: true, carrier: { select: { name: true } } } } },
    orderBy: [{ priority: 'asc' }, { weight: 'desc' }, { trunkId: 'asc' }],
  },
  decks: { select: { id: true, name: true }, orderBy: { name: 'asc' } },
} satisfies Prisma.RouteGroupInclude;

export type RouteGroupRow = Prisma.RouteGroupGetPayload<{ include: typeof routeGroupInclude }>;

/** A route group of the caller's. Throws NOT_FOUND for any other. */
export async function findRouteGroup(
  tx: Tx,
  { actor }: ServiceContext,
  routeGroupId: string,
): Promise<RouteGroupRow> {
  const row = isUuid(routeGroupId)
    ? await tx.routeGroup.findFirst({
        where: { id: routeGroupId, account: inSubtree(actor) },
        include: routeGroupInclude,
      })
    : null;
  if (row === null) throw notFound('route group');
  return row;
}

/** Puts these members in place of whatever there was. Throws NOT_FOUND for foreign trunks. */
export async function replaceMembers(
  tx: Tx,
  group: { readonly id: string; readonly accountId: string },
  members: RouteGroupMembers,
): Promise<void> {
  const known = await tx.trunk.count({
    where: { accountId: group.accountId, id: { in: members.map((member) => member.trunkId) } },
  });
  if (known !== members.length) throw notFound('trunk');
  await tx.routeGroupMember.deleteMany({ where: { routeGroupId: group.id } });
  await tx.routeGroupMember.createMany({
    data: members.map((member) => ({ routeGroupId: group.id, ...member })),
  });
}

/** Leads calls that are sold at these decks over a group. Throws NOT_FOUND for any other than the
 * group's owner's sell decks. */
export async function replaceDecks(
  tx: Tx,
  group: { readonly id: string; readonly accountId: string },
  deckIds: readonly string[],
): Promise<void> {
  const { id: routeGroupId, accountId } = group;
  const wanted = { accountId, kind: 'sell' as const, id: { in: [...deckIds] } };
  if ((await tx.rateDeck.count({ where: wanted })) !== deckIds.length) throw notFound('sell deck');
  await tx.rateDeck.updateMany({
    where: { routeGroupId, id: { notIn: [...deckIds] } },
    data: { routeGroupId: null },
  });
  await tx.rateDeck.updateMany({ where: wanted, data: { routeGroupId } });
}

/** Views of route groups with what the switch has applied of them. */
export async function toWireRouteGroups(
  context: ServiceContext,
  rows: readonly RouteGroupRow[],
): Promise<readonly WireRouteGroup[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'route_group', ids);
  const oldest = await context.database.prisma.routeGroup.findFirst({
    where: { account: inSubtree(context.actor) },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    strategy: row.strategy,
    members: row.members.map(({ trunkId, priority, weight, trunk }) => ({
      trunkId,
      trunkName: trunk.name,
      carrierName: trunk.carrier?.name ?? null,
      priority,
      weight,
    })),
    decks: row.decks,
    isDefault: row.id === oldest?.id,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
