import { z } from 'zod';
import { deleteVerifiedNumber } from '@/lib/services/verified-numbers/delete-verified-number';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const DELETE = route({
  summary: 'Take the confirmation of a number back',
  permission: 'numbers.verify',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteVerifiedNumber(context, input.params.id);
  return null;
});
