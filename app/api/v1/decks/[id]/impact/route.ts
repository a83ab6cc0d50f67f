import { z } from 'zod';
import { getImpact } from '@/lib/services/decks/get-impact';
import { requestImpact } from '@/lib/services/decks/request-impact';
import {
  impactQuerySchema,
  impactSchema,
  latestImpactSchema,
  requestImpactSchema,
} from '@/lib/services/decks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get what calls of a time past would have cost at a version',
  permission: 'decks.read',
  params: z.object({ id: idSchema }),
  query: impactQuerySchema,
  response: latestImpactSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getImpact(context, input.params.id, input.query));

export const POST = route({
  summary: 'Price calls of a time past again at a version, in the background',
  permission: 'decks.write',
  params: z.object({ id: idSchema }),
  body: requestImpactSchema,
  response: impactSchema,
  status: 202,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => requestImpact(context, input.params.id, input.body));
