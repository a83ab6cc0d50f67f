import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { carrierInclude, toWireCarriers } from './internal/view';
import { type ListCarriersInput, listCarriersSchema, type WireCarrier } from './schemas';

/** The operator's carriers by name. */
export async function listCarriers(
  context: ServiceContext,
  input: ListCarriersInput = {},
): Promise<Page<WireCarrier>> {
  authorize(context, 'carriers.read');
  const { cursor, limit } = parseInput(listCarriersSchema, input);
  const rows = await context.database.prisma.carrier.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(cursor ? { name: { gt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    include: carrierInclude,
    orderBy: { name: 'asc' },
    take: limit + 1,
  });
  const views = await toWireCarriers(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.name], toItem: (view) => view });
}
