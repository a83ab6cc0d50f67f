import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireAllowed } from './internal/view';
import { type ListBansInput, listBansSchema, type WireAllowedAddress } from './schemas';

/** What is never banned by the operator's word, the latest first; trunks are exempt beside it. */
export async function listAllowedAddresses(
  context: ServiceContext,
  input: ListBansInput = {},
): Promise<Page<WireAllowedAddress>> {
  authorize(context, 'bans.read');
  const { cursor, limit } = parseInput(listBansSchema, input);
  const rows = await context.database.prisma.addressRule.findMany({
    where: {
      action: 'allow',
      account: inSubtree(context.actor),
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const views = await toWireAllowed(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.id], toItem: (view) => view });
}
