import { listCalls } from '@/lib/services/calls/list-calls';
import { callPageSchema, listCallsSchema } from '@/lib/services/calls/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List calls, the newest first',
  permission: 'calls.read',
  query: listCallsSchema,
  response: callPageSchema,
})(({ context, input }) => listCalls(context, input.query));
