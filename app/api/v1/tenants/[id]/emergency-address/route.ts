import { z } from 'zod';
import { chooseTenantAddress } from '@/lib/services/emergency/choose-emergency-address';
import { chooseEmergencyAddressSchema } from '@/lib/services/emergency/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const PUT = route({
  summary: 'Say which emergency address is a tenant’s own',
  permission: 'emergency.write',
  params: z.object({ id: idSchema }),
  body: chooseEmergencyAddressSchema,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  await chooseTenantAddress(context, input.params.id, input.body);
  return null;
});
