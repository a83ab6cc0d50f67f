import { getOverview } from '@/lib/services/overview/get-overview';
import { overviewQuerySchema, overviewSchema } from '@/lib/services/overview/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Funds and how long they last, calls by day, registrations',
  permission: 'calls.read',
  query: overviewQuerySchema,
  response: overviewSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getOverview(context, input.query));
