import { z } from 'zod';
import { deckSchema, deckVersionRefSchema } from '@/lib/services/decks/schemas';
import { unscheduleDeckVersion } from '@/lib/services/decks/unschedule-deck-version';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Take back that a version becomes active by itself',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  body: deckVersionRefSchema,
  response: deckSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => unscheduleDeckVersion(context, input.params.id, input.body));
