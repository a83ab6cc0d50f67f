import { z } from 'zod';
import { deleteTrunk } from '@/lib/services/trunks/delete-trunk';
import { getTrunk } from '@/lib/services/trunks/get-trunk';
import { trunkSchema, updateTrunkSchema } from '@/lib/services/trunks/schemas';
import { updateTrunk } from '@/lib/services/trunks/update-trunk';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a trunk',
  permission: 'trunks.read',
  params,
  response: trunkSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getTrunk(context, input.params.id));

export const PATCH = route({
  summary: 'Change a trunk; refused where it would overlap with another',
  permission: 'trunks.write',
  params,
  body: updateTrunkSchema,
  response: trunkSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const trunk = await updateTrunk(context, input.params.id, input.body);
  return reply(trunk, { generation: trunk.generation });
});

export const DELETE = route({
  summary: 'Delete a trunk',
  permission: 'trunks.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteTrunk(context, input.params.id);
  return null;
});
