import { authorize, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { toWireRate } from './internal/rates';
import { findDeck } from './internal/view';
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
  const wanted =
    version === undefined
      ? (deck.versions.find((one) => one.id === deck.activeVersionId) ?? deck.versions[0])
      : deck.versions.find((one) => one.version === version);
  if (wanted === undefined) throw notFound('version of this deck');
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
