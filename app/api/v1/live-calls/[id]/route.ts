import { z } from 'zod';
import { hangUpCall } from '@/lib/services/calls/hang-up-call';
import { idSchema } from '@/lib/services/wire/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const DELETE = route({
  summary: 'End a call in progress',
  permission: 'calls.hangUp',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT'],
})(async ({ context, input }) => {
  await hangUpCall(context, controlClient(), input.params.id);
  return null;
});
