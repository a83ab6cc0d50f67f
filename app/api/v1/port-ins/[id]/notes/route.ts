import { z } from 'zod';
import { notePortIn } from '@/lib/services/port-ins/note-port-in';
import { notePortInSchema, portInSchema } from '@/lib/services/port-ins/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Say something to the other side of a port-in',
  permission: 'portIns.write',
  params: z.object({ id: idSchema }),
  body: notePortInSchema,
  response: portInSchema,
  errors: ['NOT_FOUND', 'USAGE_EXCEEDS_LIMIT'],
})(({ context, input }) => notePortIn(context, input.params.id, input.body));
