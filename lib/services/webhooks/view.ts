import type { Prisma } from '@/prisma/generated/client';
import type { WireWebhook } from './schemas';

/** What a webhook's signing secret is sealed for. */
export const webhookSealContext = (id: string): string => `event_subscription:${id}`;

/** A webhook as the API shows it; never its secret. */
export function toWireWebhook(row: Prisma.EventSubscriptionGetPayload<object>): WireWebhook {
  return {
    id: row.id,
    accountId: row.accountId,
    url: row.url,
    topics: row.topics,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
