import { z } from 'zod';
import { createDeckVersion } from '@/lib/services/decks/create-deck-version';
import { createDeckVersionSchema, deckSchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Add a draft version with rates of its own',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  body: createDeckVersionSchema,
  response: deckSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND'],
})(({ context, input }) => createDeckVersion(context, input.params.id, input.body));
