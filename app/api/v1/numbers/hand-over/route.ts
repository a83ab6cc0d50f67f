import { handOverNumbers } from '@/lib/services/numbers/hand-over-numbers';
import { handedOverSchema, handOverSchema } from '@/lib/services/numbers/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Hand numbers down to a reseller’s stock or to a customer',
  permission: 'numbers.write',
  body: handOverSchema,
  response: handedOverSchema,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT', 'INSUFFICIENT_FUNDS'],
})(({ context, input }) => handOverNumbers(context, input.body));
