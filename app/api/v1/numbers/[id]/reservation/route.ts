import { z } from 'zod';
import { cancelReservation, reserveNumber } from '@/lib/services/numbers/reserve-number';
import { numberOfferSchema, reserveNumberSchema } from '@/lib/services/numbers/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const PUT = route({
  summary: 'Keep a number on offer for an account, for a while',
  permission: 'numbers.order',
  params,
  body: reserveNumberSchema,
  response: numberOfferSchema,
  errors: ['NOT_FOUND', 'CONFLICT', 'USAGE_EXCEEDS_LIMIT', 'NO_SELL_RATE', 'ACCOUNT_SUSPENDED'],
})(({ context, input }) => reserveNumber(context, input.params.id, input.body));

export const DELETE = route({
  summary: 'Let go of a number that is kept',
  permission: 'numbers.order',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await cancelReservation(context, input.params.id);
  return null;
});
