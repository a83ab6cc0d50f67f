import { z } from 'zod';
import { exportProblems } from '@/lib/services/deck-imports/list-problems';
import { idSchema } from '@/lib/services/wire/schemas';
import { csvResponse } from '@/lib/web/csv-response';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Export what is wrong with the file of an import as CSV',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  response: z.string(),
  errors: ['NOT_FOUND'],
})(async ({ context, input }) =>
  csvResponse(await exportProblems(context, input.params.id), 'problems.csv'),
);
