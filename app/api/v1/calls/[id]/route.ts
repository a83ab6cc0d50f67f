import { z } from 'zod';
import { getCall } from '@/lib/services/calls/get-call';
import { callDetailSchema } from '@/lib/services/calls/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get a call with its legs and why it costs what it costs',
  permission: 'calls.read',
  params: z.object({ id: idSchema }),
  response: callDetailSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getCall(context, input.params.id));
