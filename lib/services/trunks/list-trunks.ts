import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireTrunks, trunkInclude } from './internal/view';
import { type ListTrunksInput, listTrunksSchema, type WireTrunk } from './schemas';

/** The operator's trunks by name. */
export async function listTrunks(
  context: ServiceContext,
  input: ListTrunksInput = {},
): Promise<Page<WireTrunk>> {
  authorize(context, 'trunks.read');
  const { cursor, limit, carrierId, state } = parseInput(listTrunksSchema, input);
  const rows = await context.database.prisma.trunk.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(carrierId ? { carrierId } : {}),
      ...(state ? { status: state } : {}),
      ...(cursor ? { name: { gt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    include: trunkInclude,
    orderBy: { name: 'asc' },
    take: limit + 1,
  });
  const views = await toWireTrunks(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.name], toItem: (view) => view });
}
