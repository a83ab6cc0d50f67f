import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWirePrefixes } from './internal/view';
import {
  type ListDestinationPrefixesInput,
  listDestinationPrefixesSchema,
  type WireDestinationPrefix,
} from './schemas';

/** The operator's own word on prefixes, in their order. */
export async function listDestinationPrefixes(
  context: ServiceContext,
  input: ListDestinationPrefixesInput = {},
): Promise<Page<WireDestinationPrefix>> {
  authorize(context, 'destinations.read');
  const { cursor, limit } = parseInput(listDestinationPrefixesSchema, input);
  const rows = await context.database.prisma.destinationPrefix.findMany({
    where: cursor ? { prefix: { gt: decodeCursor(cursor, 1)[0] ?? '' } } : {},
    orderBy: { prefix: 'asc' },
    take: limit + 1,
  });
  const views = await toWirePrefixes(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.prefix], toItem: (view) => view });
}
