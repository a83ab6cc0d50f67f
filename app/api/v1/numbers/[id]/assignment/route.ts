import { z } from 'zod';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { assignNumberSchema, numberSchema } from '@/lib/services/numbers/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const PUT = route({
  summary: 'Put a number into service at a tenant and an extension or PBX of it, or take it out',
  permission: 'numbers.write',
  params: z.object({ id: idSchema }),
  body: assignNumberSchema,
  response: numberSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const number = await assignNumber(context, input.params.id, input.body);
  return reply(number, { generation: number.generation });
});
