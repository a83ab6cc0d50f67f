import { createApiKey } from '@/lib/services/api-keys/create-api-key';
import { listApiKeys } from '@/lib/services/api-keys/list-api-keys';
import {
  apiKeyPageSchema,
  createApiKeySchema,
  createdApiKeySchema,
  listApiKeysSchema,
} from '@/lib/services/api-keys/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List API keys',
  permission: 'apiKeys.read',
  query: listApiKeysSchema,
  response: apiKeyPageSchema,
})(({ context, input }) => listApiKeys(context, input.query));

/** Takes no Idempotency-Key: the answer holds the secret, which is stored nowhere. */
export const POST = route({
  summary: 'Create an API key; its secret is told this once',
  permission: 'apiKeys.write',
  body: createApiKeySchema,
  response: createdApiKeySchema,
  status: 201,
})(async ({ context, input }) => {
  const key = await createApiKey(context, input.body);
  return created(key, `/api/v1/api-keys/${key.id}`);
});
