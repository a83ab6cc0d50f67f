import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { listRouteGroups } from '@/lib/services/route-groups/list-route-groups';
import {
  createRouteGroupSchema,
  listRouteGroupsSchema,
  routeGroupPageSchema,
  routeGroupSchema,
} from '@/lib/services/route-groups/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List route groups',
  permission: 'trunks.read',
  query: listRouteGroupsSchema,
  response: routeGroupPageSchema,
})(({ context, input }) => listRouteGroups(context, input.query));

export const POST = route({
  summary: 'Create a route group',
  permission: 'trunks.write',
  body: createRouteGroupSchema,
  response: routeGroupSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const group = await createRouteGroup(context, input.body);
  return created(group, `/api/v1/route-groups/${group.id}`);
});
