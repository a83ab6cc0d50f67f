import { z } from 'zod';
import { disallowAddress } from '@/lib/services/bans/disallow-address';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const DELETE = route({
  summary: 'Let limits and bans count for an address again',
  permission: 'bans.write',
  params: z.object({ id: idSchema }),
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await disallowAddress(context, input.params.id);
  return null;
});
