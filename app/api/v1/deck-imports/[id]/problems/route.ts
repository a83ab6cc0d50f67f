import { z } from 'zod';
import { listProblems } from '@/lib/services/deck-imports/list-problems';
import { listProblemsSchema, problemPageSchema } from '@/lib/services/deck-imports/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List what is wrong with the file of an import, by line and column',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  query: listProblemsSchema,
  response: problemPageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listProblems(context, input.params.id, input.query));
