import { z } from 'zod';
import { endSession } from '@/lib/services/identity/sessions';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const DELETE = route({
  summary: 'End one of the own sessions',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await endSession(context, input.params.id);
  return null;
});
