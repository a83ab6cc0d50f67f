import { z } from 'zod';
import { evictRegistration } from '@/lib/services/registrations/evict-registration';
import { idSchema } from '@/lib/services/wire/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const DELETE = route({
  summary: 'Evict a phone',
  description:
    'It can’t be rung and its subscriptions end, until it registers anew; it may do so at once. To keep it out, reset the secret or suspend the extension. Calls in progress go on.',
  permission: 'extensions.write',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT'],
})(async ({ context, input }) => {
  await evictRegistration(context, controlClient(), input.params.id);
  return null;
});
