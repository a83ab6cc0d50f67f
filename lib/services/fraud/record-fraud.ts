import type { Clock } from '@/lib/core/clock';
import type { Database } from '@/lib/infra/db/client';
import { emitEvent } from '@/lib/services/outbox/emit-event';
import type { FraudBatch, FraudBlockRecord } from './types';

/**
 * Writes what the switch found by itself: events once each, and blocks with the notice to whoever
 * subscribed to it, in one transaction. Whoever is blocked already stays so, without a further notice.
 */
export async function recordFraud(
  database: Database,
  clock: Clock,
  { events, blocks }: FraudBatch,
): Promise<void> {
  if (events.length === 0 && blocks.length === 0) return;
  await database.prisma.$transaction(async (tx) => {
    await tx.fraudEvent.createMany({
      skipDuplicates: true,
      data: events.map((event) => ({
        id: event.id,
        accountId: event.profileAccountId,
        callerAccountId: event.callerAccountId,
        tenantId: event.tenantId,
        extensionId: event.extensionId,
        callId: event.callId,
        rule: event.rule,
        shadow: event.isShadow,
        class: event.class,
        country: event.country,
        prefix: event.prefix,
        at: new Date(event.atMs),
      })),
    });
    for (const block of blocks) {
      // One standing block of a subject, however many nodes find it (a partial unique index).
      const { count } = await tx.fraudBlock.createMany({
        skipDuplicates: true,
        data: [rowOf(block)],
      });
      if (count > 0) await emitEvent(tx, { clock }, noticeOf(block));
    }
  });
}

function rowOf(block: FraudBlockRecord) {
  const { atMs, ...row } = block;
  return { ...row, createdAt: new Date(atMs) };
}

function noticeOf(block: FraudBlockRecord) {
  const { id, accountId, subject, subjectId, rule, callId, prefix, atMs } = block;
  return {
    topic: 'fraud.blocked' as const,
    accountId,
    payload: {
      id,
      accountId,
      subject,
      subjectId,
      rule,
      callId,
      prefix,
      at: new Date(atMs).toISOString(),
    },
  };
}
