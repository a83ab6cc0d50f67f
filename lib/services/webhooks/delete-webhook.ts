import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';

/** Ends a subscription; what is still on its way to it is dropped. */
export async function deleteWebhook(context: ServiceContext, webhookId: string): Promise<void> {
  authorize(context, 'webhooks.write');
  const { database, actor } = context;
  await database.prisma.$transaction(async (tx) => {
    const { count } = isUuid(webhookId)
      ? await tx.eventSubscription.deleteMany({
          where: { id: webhookId, accountId: actor.accountId },
        })
      : { count: 0 };
    if (count === 0) throw notFound('webhook');
    await tx.outboxMessage.deleteMany({ where: { subscription: webhookId, deliveredAt: null } });
    await recordAudit(tx, context, {
      verb: 'webhooks.delete',
      objectKind: 'event_subscription',
      objectId: webhookId,
      accountId: actor.accountId,
    });
  });
}
