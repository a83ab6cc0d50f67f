import { z } from 'zod';
import { getTrace } from '@/lib/services/traces/get-trace';
import { traceSchema } from '@/lib/services/traces/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: "Get a call's signalling, as far as it is kept and yours",
  permission: 'calls.trace',
  params: z.object({ id: idSchema }),
  response: traceSchema,
  errors: ['NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT'],
})(({ context, input }) => getTrace(context, controlClient(), input.params.id));
