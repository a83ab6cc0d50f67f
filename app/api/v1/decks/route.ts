import { createDeck } from '@/lib/services/decks/create-deck';
import { listDecks } from '@/lib/services/decks/list-decks';
import {
  createDeckSchema,
  deckPageSchema,
  deckSchema,
  listDecksSchema,
} from '@/lib/services/decks/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List rate decks',
  permission: 'decks.read',
  query: listDecksSchema,
  response: deckPageSchema,
})(({ context, input }) => listDecks(context, input.query));

export const POST = route({
  summary: 'Create a rate deck with a draft version',
  permission: 'decks.write',
  body: createDeckSchema,
  response: deckSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['CONFLICT'],
})(async ({ context, input }) => {
  const deck = await createDeck(context, input.body);
  return created(deck, `/api/v1/decks/${deck.id}`);
});
