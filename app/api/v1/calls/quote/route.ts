import { quoteCall } from '@/lib/services/calls/quote-call';
import { quoteCallSchema, quoteSchema } from '@/lib/services/calls/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'What a call would cost, and how long it could last',
  description:
    'The switch’s own plan for this very moment, and the funds at every hop; nothing is held. `refusal` says why it would not be put through.',
  permission: 'calls.quote',
  query: quoteCallSchema,
  response: quoteSchema,
  errors: ['NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT'],
})(({ context, input }) => quoteCall(context, controlClient(), input.query));
