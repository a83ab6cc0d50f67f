import { z } from 'zod';
import { deleteCarrier } from '@/lib/services/carriers/delete-carrier';
import { getCarrier } from '@/lib/services/carriers/get-carrier';
import { carrierSchema, updateCarrierSchema } from '@/lib/services/carriers/schemas';
import { updateCarrier } from '@/lib/services/carriers/update-carrier';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a carrier',
  permission: 'carriers.read',
  params,
  response: carrierSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getCarrier(context, input.params.id));

export const PATCH = route({
  summary: 'Change a carrier: name, buy deck',
  permission: 'carriers.write',
  params,
  body: updateCarrierSchema,
  response: carrierSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const carrier = await updateCarrier(context, input.params.id, input.body);
  return reply(carrier, { generation: carrier.generation });
});

export const DELETE = route({
  summary: 'Delete a carrier without trunks',
  permission: 'carriers.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  await deleteCarrier(context, input.params.id);
  return null;
});
