import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { priceInclude, toWirePrice } from './internal/view';
import {
  type ListNumberPricesInput,
  listNumberPricesSchema,
  type WireNumberPrice,
} from './schemas';

/** The caller's own price list for numbers, the oldest line first. */
export async function listNumberPrices(
  context: ServiceContext,
  input: ListNumberPricesInput = {},
): Promise<Page<WireNumberPrice>> {
  authorize(context, 'numbers.sell');
  const { cursor, limit } = parseInput(listNumberPricesSchema, input);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
  const rows = await context.database.prisma.numberPrice.findMany({
    where: { accountId: context.actor.accountId, ...(after ? { id: { gt: after } } : {}) },
    include: priceInclude,
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return toPage(rows, limit, { keyOf: (row) => [row.id], toItem: toWirePrice });
}
