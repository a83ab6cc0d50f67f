import { createExtension } from '@/lib/services/extensions/create-extension';
import { listExtensions } from '@/lib/services/extensions/list-extensions';
import {
  createExtensionSchema,
  extensionPageSchema,
  extensionSchema,
  listExtensionsSchema,
} from '@/lib/services/extensions/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List extensions and where they are registered',
  permission: 'extensions.read',
  query: listExtensionsSchema,
  response: extensionPageSchema,
})(({ context, input }) => listExtensions(context, input.query));

export const POST = route({
  summary: 'Create an extension',
  description:
    'Customers take a place that their plans grant; whoever sells to them may create any. The secret is generated unless one is given, and can be revealed once.',
  permission: 'extensions.write',
  body: createExtensionSchema,
  response: extensionSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT', 'USAGE_EXCEEDS_LIMIT'],
})(async ({ context, input }) => {
  const extension = await createExtension(context, input.body);
  return created(extension, `/api/v1/extensions/${extension.id}`);
});
