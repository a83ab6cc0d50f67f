import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { deckInclude, visibleDecks } from './find-deck';
import { toWireDecks } from './internal/view';
import { type ListDecksInput, listDecksSchema, type WireDeck } from './schemas';

/** The rate decks that the caller may see, by name. */
export async function listDecks(
  context: ServiceContext,
  input: ListDecksInput = {},
): Promise<Page<WireDeck>> {
  authorize(context, 'decks.read');
  const { cursor, limit, kind, accountId, search } = parseInput(listDecksSchema, input);
  const and: Prisma.RateDeckWhereInput[] = [visibleDecks(context.actor)];
  if (kind) and.push({ kind });
  if (accountId) and.push({ accountId });
  if (search) and.push({ name: { contains: search, mode: 'insensitive' } });
  if (cursor) {
    const [name = '', id = ''] = decodeCursor(cursor, 2);
    and.push({ OR: [{ name: { gt: name } }, { name, id: { gt: id } }] });
  }
  const rows = await context.database.prisma.rateDeck.findMany({
    where: { AND: and },
    include: deckInclude,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  const views = await toWireDecks(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.name, view.id], toItem: (view) => view });
}
