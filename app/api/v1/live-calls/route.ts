import { listLiveCalls } from '@/lib/services/calls/list-live-calls';
import { liveCallPageSchema, liveCallQuerySchema } from '@/lib/services/calls/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List calls in progress, the newest first',
  permission: 'calls.read',
  query: liveCallQuerySchema,
  response: liveCallPageSchema,
  errors: ['UNAVAILABLE', 'TIMEOUT'],
})(({ context, input }) => listLiveCalls(context, controlClient(), input.query));
