import { z } from 'zod';
import { deleteDestinationPrefix } from '@/lib/services/destinations/delete-destination-prefix';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const DELETE = route({
  summary: 'Take the class of a prefix back; the built-in table counts again',
  permission: 'destinations.write',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteDestinationPrefix(context, input.params.id);
  return null;
});
