import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findDeck } from './find-deck';
import { toWireDecks } from './internal/view';
import type { WireDeck } from './schemas';

/** One rate deck with its versions; rates are listed by `listRates`. */
export async function getDeck(context: ServiceContext, deckId: string): Promise<WireDeck> {
  authorize(context, 'decks.read');
  const row = await findDeck(context.database.prisma, context, deckId);
  const [view] = await toWireDecks(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
