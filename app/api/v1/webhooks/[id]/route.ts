import { z } from 'zod';
import { deleteWebhook } from '@/lib/services/webhooks/delete-webhook';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const DELETE = route({
  summary: 'End a webhook',
  permission: 'webhooks.write',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteWebhook(context, input.params.id);
  return null;
});
