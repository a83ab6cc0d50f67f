import { isUuid } from '@/lib/core/ids';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findDeck } from '@/lib/services/decks/find-deck';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { findImports, toWireImport } from './internal/view';
import { type ListImportsInput, listImportsSchema, type WireImport } from './schemas';

/** The imports of a deck, the newest first. */
export async function listImports(
  context: ServiceContext,
  deckId: string,
  input: ListImportsInput = {},
): Promise<Page<WireImport>> {
  authorize(context, 'decks.read');
  const { cursor, limit } = parseInput(listImportsSchema, input);
  const { prisma } = context.database;
  const deck = await findDeck(prisma, context, deckId);
  const [id = ''] = cursor ? decodeCursor(cursor, 1) : [];
  const before = isUuid(id) ? id : null;
  const rows = await findImports(prisma, deck.id, { before, take: limit + 1 });
  return toPage(rows, limit, { keyOf: (row) => [row.id], toItem: toWireImport });
}
