import { z } from 'zod';
import { deleteRecording } from '@/lib/services/recordings/delete-recording';
import { getRecording } from '@/lib/services/recordings/get-recording';
import { recordingSchema } from '@/lib/services/recordings/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a recording',
  permission: 'recordings.read',
  params,
  response: recordingSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getRecording(context, input.params.id));

export const DELETE = route({
  summary: 'Delete a recording for good',
  permission: 'recordings.delete',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  await deleteRecording(context, input.params.id);
  return null;
});
