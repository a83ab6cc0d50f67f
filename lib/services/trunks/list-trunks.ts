import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireTrunks, trunkInclude } from './internal/view';
import { type ListTrunksInput, listTrunksSchema, type WireTrunk } from './schemas';

/** The trunks of the caller's subtree by name: the operator sees all, a customer its PBXs'. */
export async function listTrunks(
  context: ServiceContext,
  input: ListTrunksInput = {},
): Promise<Page<WireTrunk>> {
  authorize(context, 'trunks.read');
  const { cursor, limit, carrierId, tenantId, kind, state } = parseInput(listTrunksSchema, input);
  const rows = await context.database.prisma.trunk.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(carrierId ? { carrierId } : {}),
      ...(tenantId ? { tenantId } : {}),
      ...(kind ? { kind } : {}),
      ...(state ? { status: state } : {}),
      ...(cursor ? afterCursor(decodeCursor(cursor, 2)) : {}),
    },
    include: trunkInclude,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  const views = await toWireTrunks(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.name, view.id], toItem: (view) => view });
}

/** Names repeat from account to account: the id makes the order total. */
function afterCursor([name = '', id = '']: readonly string[]) {
  return { OR: [{ name: { gt: name } }, { name, id: { gt: id } }] };
}
