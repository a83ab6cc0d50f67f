import { z } from 'zod';
import { listRates } from '@/lib/services/decks/list-rates';
import { listRatesSchema, ratePageSchema } from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the rates of a version of a deck',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  query: listRatesSchema,
  response: ratePageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listRates(context, input.params.id, input.query));
