import { z } from 'zod';
import { csvOf, exportRates, workbookOf } from '@/lib/services/decks/export-rates';
import { exportRatesSchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { bytesResponse, csvResponse } from '@/lib/web/csv-response';
import { route } from '@/lib/web/route';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const GET = route({
  summary: 'Export the rates of a version in the columns of imports',
  description: 'CSV, or a workbook with format=xlsx. Imported again it makes the same rates.',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  query: exportRatesSchema,
  response: z.string(),
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  const { name, rows } = await exportRates(context, input.params.id, input.query);
  if (input.query.format === 'csv') return csvResponse(csvOf(rows), `${name}.csv`);
  return bytesResponse(workbookOf(rows), { type: XLSX, fileName: `${name}.xlsx` });
});
