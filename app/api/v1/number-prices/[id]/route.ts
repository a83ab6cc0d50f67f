import { z } from 'zod';
import { deleteNumberPrice } from '@/lib/services/number-prices/delete-number-price';
import { numberPriceSchema, updateNumberPriceSchema } from '@/lib/services/number-prices/schemas';
import { updateNumberPrice } from '@/lib/services/number-prices/update-number-price';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const PATCH = route({
  summary: 'Change a price for numbers',
  permission: 'numbers.sell',
  params,
  body: updateNumberPriceSchema,
  response: numberPriceSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => updateNumberPrice(context, input.params.id, input.body));

export const DELETE = route({
  summary: 'Delete a price for numbers; those that run keep it',
  permission: 'numbers.sell',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteNumberPrice(context, input.params.id);
  return null;
});
