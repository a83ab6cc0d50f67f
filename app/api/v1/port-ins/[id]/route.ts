import { z } from 'zod';
import { getPortIn } from '@/lib/services/port-ins/get-port-in';
import { portInSchema, updatePortInSchema } from '@/lib/services/port-ins/schemas';
import { updatePortIn } from '@/lib/services/port-ins/update-port-in';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a port-in with what both sides said',
  permission: 'portIns.read',
  params,
  response: portInSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getPortIn(context, input.params.id));

export const PATCH = route({
  summary: 'Change the form of a port-in that is not on its way',
  permission: 'portIns.write',
  params,
  body: updatePortInSchema,
  response: portInSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => updatePortIn(context, input.params.id, input.body));
