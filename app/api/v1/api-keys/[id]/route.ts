import { z } from 'zod';
import { revokeApiKey, updateApiKey } from '@/lib/services/api-keys/change-api-key';
import { getApiKey } from '@/lib/services/api-keys/list-api-keys';
import { apiKeySchema, updateApiKeySchema } from '@/lib/services/api-keys/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get an API key',
  permission: 'apiKeys.read',
  params,
  response: apiKeySchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getApiKey(context, input.params.id));

export const PATCH = route({
  summary: 'Rename an API key or change from where it may be used',
  permission: 'apiKeys.write',
  params,
  body: updateApiKeySchema,
  response: apiKeySchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => updateApiKey(context, input.params.id, input.body));

export const DELETE = route({
  summary: 'Revoke an API key',
  permission: 'apiKeys.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await revokeApiKey(context, input.params.id);
  return null;
});
