import { createEmergencyAddress } from '@/lib/services/emergency/create-emergency-address';
import { listEmergencyAddresses } from '@/lib/services/emergency/list-emergency-addresses';
import {
  createEmergencyAddressSchema,
  emergencyAddressPageSchema,
  emergencyAddressSchema,
  listEmergencyAddressesSchema,
} from '@/lib/services/emergency/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List emergency addresses',
  permission: 'emergency.read',
  query: listEmergencyAddressesSchema,
  response: emergencyAddressPageSchema,
})(({ context, input }) => listEmergencyAddresses(context, input.query));

export const POST = route({
  summary: 'Add an emergency address; a tenant’s first is its own from then on',
  permission: 'emergency.write',
  body: createEmergencyAddressSchema,
  response: emergencyAddressSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT', 'USAGE_EXCEEDS_LIMIT'],
})(async ({ context, input }) => {
  const address = await createEmergencyAddress(context, input.body);
  return created(address, `/api/v1/emergency-addresses/${address.id}`);
});
