import { z } from 'zod';
import { movePortIn } from '@/lib/services/port-ins/move-port-in';
import { movePortInSchema, portInSchema } from '@/lib/services/port-ins/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Move a port-in: hand it in, accept, schedule, finish, refuse or call it off',
  permission: 'portIns.write',
  params: z.object({ id: idSchema }),
  body: movePortInSchema,
  response: portInSchema,
  errors: ['NOT_FOUND', 'CONFLICT', 'NO_EMERGENCY_ROUTE', 'INSUFFICIENT_FUNDS'],
})(({ context, input }) => movePortIn(context, input.params.id, input.body));
