import { z } from 'zod';
import { getPeaks } from '@/lib/services/recordings/get-peaks';
import { recordingPeaksSchema } from '@/lib/services/recordings/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get how loud both sides of a recording are, for its picture',
  permission: 'recordings.play',
  params: z.object({ id: idSchema }),
  response: recordingPeaksSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getPeaks(context, input.params.id));
