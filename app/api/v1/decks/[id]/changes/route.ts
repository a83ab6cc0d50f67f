import { z } from 'zod';
import { listChanges } from '@/lib/services/decks/list-changes';
import { changePageSchema, listChangesSchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the prefixes that differ between two versions, before and after',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  query: listChangesSchema,
  response: changePageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listChanges(context, input.params.id, input.query));
