import { z } from 'zod';
import { getDiff } from '@/lib/services/decks/get-diff';
import { deckDiffSchema, diffQuerySchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Count how a version differs from the active one, or from another',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  query: diffQuerySchema,
  response: deckDiffSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getDiff(context, input.params.id, input.query));
