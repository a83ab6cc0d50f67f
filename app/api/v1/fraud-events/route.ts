import { listFraudEvents } from '@/lib/services/fraud/list-fraud-events';
import { fraudEventPageSchema, listFraudEventsSchema } from '@/lib/services/fraud/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the calls that fraud profiles refused, or would have, the latest first',
  permission: 'fraud.read',
  query: listFraudEventsSchema,
  response: fraudEventPageSchema,
})(({ context, input }) => listFraudEvents(context, input.query));
