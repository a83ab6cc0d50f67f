import { z } from 'zod';
import { createProvisioningToken } from '@/lib/services/extensions/create-provisioning-token';
import { provisioningTokenSchema } from '@/lib/services/extensions/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: "Make a link by which an extension's credentials can be fetched once",
  description: 'Works for ten minutes and counts as the one reveal of the secret.',
  permission: 'extensions.reveal',
  params: z.object({ id: idSchema }),
  response: provisioningTokenSchema,
  status: 201,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => createProvisioningToken(context, input.params.id));
