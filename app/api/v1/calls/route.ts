import { listCalls } from '@/lib/services/calls/list-calls';
import { originateCall } from '@/lib/services/calls/originate-call';
import {
  callPageSchema,
  listCallsSchema,
  originateCallSchema,
  originatedCallSchema,
} from '@/lib/services/calls/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List calls, the newest first',
  permission: 'calls.read',
  query: listCallsSchema,
  response: callPageSchema,
})(({ context, input }) => listCalls(context, input.query));

export const POST = route({
  summary: 'Place a call: rings your phone, then theirs',
  description:
    'The phones of the extension ring first; whoever takes one is put through as if the number had been dialled there. The answer comes at once: follow the call by its id in the live calls, and afterwards in the list, also where nobody took the phone.',
  permission: 'calls.originate',
  body: originateCallSchema,
  response: originatedCallSchema,
  status: 202,
  idempotency: 'optional',
  errors: [
    'NOT_FOUND',
    'CONFLICT',
    'EXTENSION_NOT_REGISTERED',
    'INSUFFICIENT_FUNDS',
    'DESTINATION_UNKNOWN',
    'DESTINATION_BLOCKED',
    'NO_SELL_RATE',
    'NO_ROUTE',
    'LIMIT_CONCURRENT',
    'LIMIT_CPS',
    'LIMIT_DAILY_SPEND',
    'LIMIT_RATE',
    'LIMIT_CONNECT_FEE',
    'LIMIT_VELOCITY',
    'OUTBOUND_BLOCKED',
    'CALLER_ID_NOT_ALLOWED',
    'ACCOUNT_SUSPENDED',
    'TENANT_SUSPENDED',
    'EXTENSION_SUSPENDED',
    'DRAINING',
    'UNAVAILABLE',
    'TIMEOUT',
  ],
})(({ context, input }) => originateCall(context, controlClient(), input.body));
