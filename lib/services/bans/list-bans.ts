import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireBans } from './internal/view';
import { type ListBansInput, listBansSchema, type WireBan } from './schemas';

/** Who is shut out of SIP now, the latest first. */
export async function listBans(
  context: ServiceContext,
  input: ListBansInput = {},
): Promise<Page<WireBan>> {
  authorize(context, 'bans.read');
  const { cursor, limit } = parseInput(listBansSchema, input);
  const rows = await context.database.prisma.addressRule.findMany({
    where: {
      action: 'ban',
      account: inSubtree(context.actor),
      OR: [{ until: null }, { until: { gt: new Date(context.clock.nowMs()) } }],
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const views = await toWireBans(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.id], toItem: (view) => view });
}
