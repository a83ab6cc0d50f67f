import { createWebhook } from '@/lib/services/webhooks/create-webhook';
import { listWebhooks } from '@/lib/services/webhooks/list-webhooks';
import {
  createdWebhookSchema,
  createWebhookSchema,
  listWebhooksSchema,
  webhookPageSchema,
} from '@/lib/services/webhooks/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List webhooks',
  permission: 'webhooks.read',
  query: listWebhooksSchema,
  response: webhookPageSchema,
})(({ context, input }) => listWebhooks(context, input.query));

/** Takes no Idempotency-Key: the answer holds the signing secret, which is stored sealed only. */
export const POST = route({
  summary: 'Subscribe to durable events; the signing secret is told this once',
  permission: 'webhooks.write',
  body: createWebhookSchema,
  response: createdWebhookSchema,
  status: 201,
  errors: ['USAGE_EXCEEDS_LIMIT'],
})(async ({ context, input }) => {
  const webhook = await createWebhook(context, input.body);
  return created(webhook, `/api/v1/webhooks/${webhook.id}`);
});
