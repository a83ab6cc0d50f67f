import { z } from 'zod';
import { listNumberCharges } from '@/lib/services/numbers/list-number-charges';
import { numberChargesSchema } from '@/lib/services/numbers/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List what a number cost, and what its next month will',
  permission: 'numbers.read',
  params: z.object({ id: idSchema }),
  response: numberChargesSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listNumberCharges(context, input.params.id));
