import { simulateCallSchema, simulationSchema } from '@/lib/services/calls/schemas';
import { simulateCall } from '@/lib/services/calls/simulate-call';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'What would become of a call, without a call',
  description:
    'The plan that the switch would make of it at a time, the price and cost of every hop that you may see and, for the operator, the route that is chosen and why others are skipped. Nothing is held and nothing dialled.',
  permission: 'calls.simulate',
  query: simulateCallSchema,
  response: simulationSchema,
  errors: ['NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT'],
})(({ context, input }) => simulateCall(context, controlClient(), input.query));
