import { z } from 'zod';
import { deleteExtension } from '@/lib/services/extensions/delete-extension';
import { getExtension } from '@/lib/services/extensions/get-extension';
import { extensionSchema, updateExtensionSchema } from '@/lib/services/extensions/schemas';
import { updateExtension } from '@/lib/services/extensions/update-extension';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get an extension',
  permission: 'extensions.read',
  params,
  response: extensionSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getExtension(context, input.params.id));

export const PATCH = route({
  summary: 'Change an extension: name, state, caller number, whose it is, forwarding',
  permission: 'extensions.write',
  params,
  body: updateExtensionSchema,
  response: extensionSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const extension = await updateExtension(context, input.params.id, input.body);
  return reply(extension, { generation: extension.generation });
});

export const DELETE = route({
  summary: 'Delete an extension',
  permission: 'extensions.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteExtension(context, input.params.id);
  return null;
});
