import { z } from 'zod';
import { deleteSound } from '@/lib/services/sounds/delete-sound';
import { getSound } from '@/lib/services/sounds/get-sound';
import { soundSchema, updateSoundSchema } from '@/lib/services/sounds/schemas';
import { updateSound } from '@/lib/services/sounds/update-sound';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a sound',
  permission: 'sounds.read',
  params,
  response: soundSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getSound(context, input.params.id));

export const PATCH = route({
  summary: 'Rename a sound',
  permission: 'sounds.write',
  params,
  body: updateSoundSchema,
  response: soundSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => updateSound(context, input.params.id, input.body));

export const DELETE = route({
  summary: 'Delete a sound; what is built in is heard in its place',
  permission: 'sounds.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteSound(context, input.params.id);
  return null;
});
