import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { newWebhookSecret } from '@/lib/infra/outbox/webhook-signature';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { type CreatedWebhook, type CreateWebhookInput, createWebhookSchema } from './schemas';
import { toWireWebhook, webhookSealContext } from './view';

/** More would be a mistake, and every event is written once for each. */
const MAX_PER_ACCOUNT = 20;

/** Subscribes an address to durable events. The signing secret is shown by this answer alone. */
export async function createWebhook(
  context: ServiceContext,
  input: CreateWebhookInput,
): Promise<CreatedWebhook> {
  authorize(context, 'webhooks.write');
  const data = parseInput(createWebhookSchema, input);
  const { database, actor, clock, sealer } = context;
  const id = newId(clock.nowMs());
  const secret = newWebhookSecret();
  return await database.prisma.$transaction(async (tx) => {
    const there = await tx.eventSubscription.count({ where: { accountId: actor.accountId } });
    if (there >= MAX_PER_ACCOUNT) {
      throw new AppError(
        'USAGE_EXCEEDS_LIMIT',
        `An account has at most ${MAX_PER_ACCOUNT} webhooks.`,
      );
    }
    const row = await tx.eventSubscription.create({
      data: {
        id,
        accountId: actor.accountId,
        topics: data.topics,
        url: data.url,
        secretSealed: sealer.seal(secret, webhookSealContext(id)),
      },
    });
    await recordAudit(tx, context, {
      verb: 'webhooks.create',
      objectKind: 'event_subscription',
      objectId: id,
      accountId: actor.accountId,
      detail: { topics: data.topics },
    });
    return { ...toWireWebhook(row), secret };
  });
}
