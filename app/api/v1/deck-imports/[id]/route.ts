import { z } from 'zod';
import { discardImport } from '@/lib/services/deck-imports/discard-import';
import { getImport } from '@/lib/services/deck-imports/get-import';
import { importSchema } from '@/lib/services/deck-imports/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get an import: its columns, how far it is, what it became',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  response: importSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getImport(context, input.params.id));

export const DELETE = route({
  summary: 'Give an import up; one that is being read leaves nothing behind',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  await discardImport(context, input.params.id);
  return null;
});
