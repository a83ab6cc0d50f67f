import { z } from 'zod';
import { createImport } from '@/lib/services/deck-imports/create-import';
import { listImports } from '@/lib/services/deck-imports/list-imports';
import {
  createImportSchema,
  importPageSchema,
  importSchema,
  listImportsSchema,
  MAX_IMPORT_BYTES,
} from '@/lib/services/deck-imports/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { uploadPieces } from '@/lib/web/read-upload';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the imports of a deck, the newest first',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  query: listImportsSchema,
  response: importPageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listImports(context, input.params.id, input.query));

export const POST = route({
  summary: 'Upload a price list as an import of a deck',
  description:
    'The body is the file itself, CSV or XLSX, 200 MB and a million rows at the most, sent as ' +
    'application/octet-stream. Its columns are looked at next: poll the import until its state is ' +
    '"mapping", then start it. With automatic=true it begins by itself where the columns are known.',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  query: createImportSchema,
  response: importSchema,
  status: 201,
  errors: ['NOT_FOUND', 'USAGE_EXCEEDS_LIMIT'],
})(async ({ context, input, request }) => {
  const made = await createImport(context, input.params.id, {
    input: input.query,
    file: { content: uploadPieces(request, MAX_IMPORT_BYTES) },
  });
  return created(made, `/api/v1/deck-imports/${made.id}`);
});
