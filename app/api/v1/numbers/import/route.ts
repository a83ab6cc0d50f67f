import { importNumbers } from '@/lib/services/numbers/import-numbers';
import {
  importedNumbersSchema,
  importNumbersSchema,
  MAX_IMPORT_BYTES,
} from '@/lib/services/numbers/schemas';
import { bodyPieces } from '@/lib/web/read-upload';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Import numbers into the stock from CSV (operator)',
  description:
    'The body is the file itself, in UTF-8, its first line naming the columns: number, and where ' +
    'wanted country, area, kind, group, carrier, state. All of it or nothing: wrong cells are told ' +
    'by line and column. Known numbers keep owner and state; the same file again changes nothing.',
  permission: 'numbers.write',
  query: importNumbersSchema,
  response: importedNumbersSchema,
})(({ context, input, request }) =>
  importNumbers(context, input.query, bodyPieces(request, MAX_IMPORT_BYTES)),
);
