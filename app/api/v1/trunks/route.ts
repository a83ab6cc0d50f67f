import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { listTrunks } from '@/lib/services/trunks/list-trunks';
import {
  createTrunkSchema,
  listTrunksSchema,
  trunkPageSchema,
  trunkSchema,
} from '@/lib/services/trunks/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List trunks',
  permission: 'trunks.read',
  query: listTrunksSchema,
  response: trunkPageSchema,
})(({ context, input }) => listTrunks(context, input.query));

export const POST = route({
  summary: 'Create a trunk; refused where it overlaps with another',
  permission: 'trunks.write',
  body: createTrunkSchema,
  response: trunkSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const trunk = await createTrunk(context, input.body);
  return created(trunk, `/api/v1/trunks/${trunk.id}`);
});
