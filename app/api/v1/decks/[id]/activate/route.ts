import { z } from 'zod';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { activateDeckVersionSchema, deckSchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Price calls at a version from now on',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  body: activateDeckVersionSchema,
  response: deckSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => activateDeckVersion(context, input.params.id, input.body));
