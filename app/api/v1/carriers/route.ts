import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { listCarriers } from '@/lib/services/carriers/list-carriers';
import {
  carrierPageSchema,
  carrierSchema,
  createCarrierSchema,
  listCarriersSchema,
} from '@/lib/services/carriers/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List carriers',
  permission: 'carriers.read',
  query: listCarriersSchema,
  response: carrierPageSchema,
})(({ context, input }) => listCarriers(context, input.query));

export const POST = route({
  summary: 'Create a carrier',
  permission: 'carriers.write',
  body: createCarrierSchema,
  response: carrierSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const carrier = await createCarrier(context, input.body);
  return created(carrier, `/api/v1/carriers/${carrier.id}`);
});
