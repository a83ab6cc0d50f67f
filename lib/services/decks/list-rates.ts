import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { findDeck, versionOf } from './find-deck';
import { toWireRate } from './internal/rates';
import { type ListRatesInput, listRatesSchema, type WireRate } from './schemas';

/** The rates of one version of a deck, by prefix. */
export async function listRates(
  context: ServiceContext,
  deckId: string,
  input: ListRatesInput = {},
): Promise<Page<WireRate>> {
  authorize(context, 'decks.read');
  const { cursor, limit, search, version } = parseInput(listRatesSchema, input);
  const { prisma } = context.database;
  const deck = await findDeck(prisma, context, deckId);
  const wanted = versionOf(deck, version);
  const and: Prisma.RateWhereInput[] = [];
  if (search) {
    and.push({
      OR: [
        { prefix: { startsWith: search.replace(/^\+/, '') } },
        { destination: { contains: search, mode: 'insensitive' } },
      ],
    });
  }
  if (cursor) {
    const [prefix = '', id = '0'] = decodeCursor(cursor, 2);
    const after = /^\d{1,18}$/.test(id) ? BigInt(id) : 0n;
    and.push({ OR: [{ prefix: { gt: prefix } }, { prefix, id: { gt: after } }] });
  }
  const rows = await prisma.rate.findMany({
    where: { versionId: wanted.id, AND: and },
    orderBy: [{ prefix: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, {
    keyOf: (row) => [row.prefix, row.id.toString()],
    toItem: toWireRate,
  });
}
