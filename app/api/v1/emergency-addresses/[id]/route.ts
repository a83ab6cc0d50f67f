import { z } from 'zod';
import { deleteEmergencyAddress } from '@/lib/services/emergency/delete-emergency-address';
import { getEmergencyAddress } from '@/lib/services/emergency/get-emergency-address';
import {
  emergencyAddressSchema,
  updateEmergencyAddressSchema,
} from '@/lib/services/emergency/schemas';
import { updateEmergencyAddress } from '@/lib/services/emergency/update-emergency-address';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get an emergency address',
  permission: 'emergency.read',
  params,
  response: emergencyAddressSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getEmergencyAddress(context, input.params.id));

export const PATCH = route({
  summary: 'Change an emergency address, or confirm it anew',
  permission: 'emergency.write',
  params,
  body: updateEmergencyAddressSchema,
  response: emergencyAddressSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => updateEmergencyAddress(context, input.params.id, input.body));

export const DELETE = route({
  summary: 'Delete an emergency address',
  permission: 'emergency.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteEmergencyAddress(context, input.params.id);
  return null;
});
