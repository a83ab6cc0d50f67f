import { z } from 'zod';
import { getBan } from '@/lib/services/bans/get-ban';
import { liftBan } from '@/lib/services/bans/lift-ban';
import { banSchema } from '@/lib/services/bans/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a ban',
  permission: 'bans.read',
  params,
  response: banSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getBan(context, input.params.id));

export const DELETE = route({
  summary: 'Lift a ban',
  permission: 'bans.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await liftBan(context, input.params.id);
  return null;
});
