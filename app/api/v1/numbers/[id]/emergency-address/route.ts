import { z } from 'zod';
import { chooseNumberAddress } from '@/lib/services/emergency/choose-emergency-address';
import { chooseEmergencyAddressSchema } from '@/lib/services/emergency/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const PUT = route({
  summary: 'Say at which emergency address a number is',
  permission: 'emergency.write',
  params: z.object({ id: idSchema }),
  body: chooseEmergencyAddressSchema,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  await chooseNumberAddress(context, input.params.id, input.body);
  return null;
});
