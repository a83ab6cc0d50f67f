import { z } from 'zod';
import { getNumber } from '@/lib/services/numbers/get-number';
import { numberSchema, updateNumberSchema } from '@/lib/services/numbers/schemas';
import { updateNumber } from '@/lib/services/numbers/update-number';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a number',
  permission: 'numbers.read',
  params,
  response: numberSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getNumber(context, input.params.id));

export const PATCH = route({
  summary: 'Change whose a number is, or its state',
  permission: 'numbers.write',
  params,
  body: updateNumberSchema,
  response: numberSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const number = await updateNumber(context, input.params.id, input.body);
  return reply(number, { generation: number.generation });
});
