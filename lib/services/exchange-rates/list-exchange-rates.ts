import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireExchangeRates } from './internal/view';
import {
  type ListExchangeRatesInput,
  listExchangeRatesSchema,
  type WireExchangeRate,
} from './schemas';

/** What currencies were and are worth, the newest row first. */
export async function listExchangeRates(
  context: ServiceContext,
  input: ListExchangeRatesInput = {},
): Promise<Page<WireExchangeRate>> {
  authorize(context, 'exchangeRates.read');
  const { cursor, limit, base, quote } = parseInput(listExchangeRatesSchema, input);
  const rows = await context.database.prisma.exchangeRate.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(base === undefined ? {} : { base }),
      ...(quote === undefined ? {} : { quote }),
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const views = await toWireExchangeRates(context, rows);
  return toPage(views, limit, { keyOf: ({ id }) => [id], toItem: (view) => view });
}
