import { z } from 'zod';
import { controlRecording } from '@/lib/services/recordings/control-recording';
import { controlRecordingSchema, liveRecordingSchema } from '@/lib/services/recordings/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Record a call in progress, or pause its recording',
  description: 'For your own account in the call. What is said while it is paused is never kept.',
  permission: 'recordings.control',
  params: z.object({ id: idSchema }),
  body: controlRecordingSchema,
  response: liveRecordingSchema,
  errors: ['NOT_FOUND', 'CONFLICT', 'UNAVAILABLE', 'TIMEOUT'],
})(({ context, input }) =>
  controlRecording(context, controlClient(), { callId: input.params.id, input: input.body }),
);
