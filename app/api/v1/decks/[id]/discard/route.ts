import { z } from 'zod';
import { discardDeckVersion } from '@/lib/services/decks/discard-deck-version';
import { deckSchema, deckVersionRefSchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Throw a draft version away',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  body: deckVersionRefSchema,
  response: deckSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => discardDeckVersion(context, input.params.id, input.body));
