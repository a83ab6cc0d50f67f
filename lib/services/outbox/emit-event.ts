import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import type { ServiceContext } from '@/lib/services/context';
import type { WebhookTopic } from '@/lib/services/webhooks/schemas';
import type { InputJsonObject } from '@/prisma/generated/internal/prismaNamespace';

export interface DurableEvent {
  readonly topic: WebhookTopic;
  /** The account that it is about; those above it may have subscribed too. */
  readonly accountId: string;
  /** The same for every subscriber: nothing that only some of them may see. */
  readonly payload: InputJsonObject;
}

/** Writes an event for whoever subscribed to it, in the transaction of what happened. */
export async function emitEvent(
  tx: Tx,
  { clock }: Pick<ServiceContext, 'clock'>,
  event: DurableEvent,
): Promise<void> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: event.accountId } });
  const concerned = account.path.split('/').filter((id) => id !== '');
  const subscribers = await tx.eventSubscription.findMany({
    where: { accountId: { in: concerned }, topics: { has: event.topic }, disabledAt: null },
  });
  await tx.outboxMessage.createMany({
    data: subscribers.map((subscriber) => ({
      id: newId(clock.nowMs()),
      topic: event.topic,
      accountId: subscriber.accountId,
      subscription: subscriber.id,
      payload: event.payload,
    })),
  });
}
