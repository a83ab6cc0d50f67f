import { z } from 'zod';
import { deleteRouteGroup } from '@/lib/services/route-groups/delete-route-group';
import { getRouteGroup } from '@/lib/services/route-groups/get-route-group';
import { routeGroupSchema, updateRouteGroupSchema } from '@/lib/services/route-groups/schemas';
import { updateRouteGroup } from '@/lib/services/route-groups/update-route-group';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a route group',
  permission: 'trunks.read',
  params,
  response: routeGroupSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getRouteGroup(context, input.params.id));

export const PATCH = route({
  summary: 'Change a route group: name, strategy, members',
  permission: 'trunks.write',
  params,
  body: updateRouteGroupSchema,
  response: routeGroupSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const group = await updateRouteGroup(context, input.params.id, input.body);
  return reply(group, { generation: group.generation });
});

export const DELETE = route({
  summary: 'Delete a route group; its trunks stay',
  permission: 'trunks.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteRouteGroup(context, input.params.id);
  return null;
});
