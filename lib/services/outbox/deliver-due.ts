import type { Clock } from '@/lib/core/clock';
import type { Sealer } from '@/lib/infra/crypto';
import type { Logger } from '@/lib/infra/log';
import { postWebhook } from '@/lib/infra/outbox/post-webhook';
import { webhookHeaders } from '@/lib/infra/outbox/webhook-signature';
import type { ServicesDatabase } from '@/lib/services/database';
import { webhookSealContext } from '@/lib/services/webhooks/view';
import { MAX_ATTEMPTS, nextTryAtMs, verdictOf } from './rules';

export interface DeliveryContext {
  readonly database: ServicesDatabase;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Only in the lab: addresses that are not public are delivered to. */
  readonly allowPrivate: boolean;
}

/** Messages at a time; a slow receiver holds up a batch for one time-out. */
const BATCH = 20;
/** While it is being delivered nobody else takes it; after a crash it is due again then. */
const CLAIM_SECONDS = 60;

/** $1: now, $2: tries at most, $3: batch, $4: seconds of the claim. */
const CLAIM_SQL = `
UPDATE outbox_message m SET attempts = m.attempts + 1,
       next_try_at = $1::timestamptz + make_interval(secs => $4)
  FROM event_subscription s
 WHERE s.id::text = m.subscription AND m.id IN (
   SELECT o.id FROM outbox_message o
     JOIN event_subscription t ON t.id::text = o.subscription AND t.disabled_at IS NULL
    WHERE o.delivered_at IS NULL AND o.next_try_at <= $1 AND o.attempts < $2
    ORDER BY o.next_try_at LIMIT $3 FOR UPDATE OF o SKIP LOCKED)
RETURNING m.id, m.topic, m.payload, m.attempts, m.created_at AS "createdAt", s.id AS "webhookId",
          s.url, s.secret_sealed AS "secretSealed"`;

interface Claimed {
  readonly id: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly webhookId: string;
  readonly url: string;
  readonly secretSealed: Buffer;
}

/** Delivers what is due, at least once each, by a stable id. Gives how many it took. */
export async function deliverDue(context: DeliveryContext): Promise<number> {
  const { database, clock } = context;
  const { rows } = await database.pool.query<Claimed>(CLAIM_SQL, [
    new Date(clock.nowMs()),
    MAX_ATTEMPTS,
    BATCH,
    CLAIM_SECONDS,
  ]);
  await Promise.all(rows.map((message) => deliver(context, message)));
  return rows.length;
}

async function deliver(context: DeliveryContext, message: Claimed): Promise<void> {
  const { database, clock, log } = context;
  const { id, webhookId, attempts, topic } = message;
  const outcome = await attempt(context, message);
  const now = new Date(clock.nowMs());
  if (outcome.verdict === 'delivered') {
    await database.prisma.outboxMessage.update({
      where: { id },
      data: { deliveredAt: now, lastError: null },
    });
    return;
  }
  log.warn('webhook.failed', { messageId: id, webhookId, topic, attempts, reason: outcome.reason });
  const again = nextTryAtMs(attempts, now.getTime());
  await database.prisma.outboxMessage.update({
    where: { id },
    data: {
      lastError: outcome.reason,
      ...(again === null ? {} : { nextTryAt: new Date(again) }),
    },
  });
  if (outcome.verdict === 'gone') {
    await database.prisma.eventSubscription.updateMany({
      where: { id: webhookId, disabledAt: null },
      data: { disabledAt: now },
    });
  }
}

interface Outcome {
  readonly verdict: 'delivered' | 'gone' | 'failed';
  readonly reason: string;
}

async function attempt(context: DeliveryContext, message: Claimed): Promise<Outcome> {
  const { id, topic, payload, createdAt, webhookId, url, secretSealed } = message;
  const { sealer, clock, allowPrivate } = context;
  const body = JSON.stringify({ type: topic, timestamp: createdAt.toISOString(), data: payload });
  try {
    const secret = sealer.open(secretSealed, webhookSealContext(webhookId));
    const timestampSeconds = Math.floor(clock.nowMs() / 1_000);
    const headers = webhookHeaders(secret, { id, timestampSeconds, body });
    const status = await postWebhook({ url, headers, body, allowPrivate });
    return { verdict: verdictOf(status), reason: `HTTP ${status}` };
  } catch (error) {
    return { verdict: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
