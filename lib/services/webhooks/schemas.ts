import { z } from 'zod';
import { idSchema, pageOf, pageQuerySchema, timestampSchema } from '@/lib/services/wire/schemas';

/** The durable events that can be subscribed to. */
export const WEBHOOK_TOPICS = [
  'call.ended',
  'emergency.called',
  'fraud.blocked',
  'number.released',
  'number.resumed',
  'number.suspended',
  'number.unpaid',
  'portIn.changed',
  'subscription.activated',
] as const;
export const webhookTopicSchema = z.enum(WEBHOOK_TOPICS);

export const listWebhooksSchema = pageQuerySchema;

export const createWebhookSchema = z.object({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  topics: z
    .array(webhookTopicSchema)
    .min(1)
    .transform((topics) => [...new Set(topics)].sort()),
});

export const webhookSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  url: z.string(),
  topics: z.array(z.string()),
  /** Set when the receiver said 410 Gone. */
  disabledAt: timestampSchema.nullable(),
  createdAt: timestampSchema,
});

/** With the signing secret, which is shown this once. */
export const createdWebhookSchema = webhookSchema.extend({ secret: z.string() });
export const webhookPageSchema = pageOf(webhookSchema);

export type WebhookTopic = z.infer<typeof webhookTopicSchema>;
export type ListWebhooksInput = z.input<typeof listWebhooksSchema>;
export type CreateWebhookInput = z.input<typeof createWebhookSchema>;
export type WireWebhook = z.infer<typeof webhookSchema>;
export type CreatedWebhook = z.infer<typeof createdWebhookSchema>;
