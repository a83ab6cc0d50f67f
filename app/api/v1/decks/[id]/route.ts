import { z } from 'zod';
import { getDeck } from '@/lib/services/decks/get-deck';
import { deckSchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get a rate deck with its versions',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  response: deckSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getDeck(context, input.params.id));
