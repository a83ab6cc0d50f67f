import { orderNumber } from '@/lib/services/numbers/order-number';
import { numberSchema, orderNumberSchema } from '@/lib/services/numbers/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Order a number',
  description:
    'Takes set-up and first month from the wallet and puts the number into service where told. The ' +
    'same `orderKey` never orders twice.',
  permission: 'numbers.order',
  body: orderNumberSchema,
  response: numberSchema,
  status: 201,
  idempotency: 'optional',
  errors: [
    'NOT_FOUND',
    'CONFLICT',
    'INSUFFICIENT_FUNDS',
    'NO_SELL_RATE',
    'NO_EMERGENCY_ROUTE',
    'ACCOUNT_SUSPENDED',
  ],
})(async ({ context, input }) => {
  const number = await orderNumber(context, input.body);
  return created(number, `/api/v1/numbers/${number.id}`);
});
