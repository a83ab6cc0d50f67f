import { z } from 'zod';
import { importSchema, startImportSchema } from '@/lib/services/deck-imports/schemas';
import { startImport } from '@/lib/services/deck-imports/start-import';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Read an import into a draft version, by a mapping of its columns',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  body: startImportSchema,
  response: importSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => startImport(context, input.params.id, input.body));
