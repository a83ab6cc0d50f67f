import type { ServicesDatabase } from '@/lib/services/database';
import { purgeFraud } from '@/lib/services/fraud/purge-fraud';
import { purgeIdentity } from '@/lib/services/identity/purge-identity';
import { purgeTraces } from '@/lib/services/traces/purge-traces';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Bindings of a switch that was away are still worth something for a moment. */
const BINDING_GRACE_MS = HOUR_MS;
/** Delivered events stay for questions. */
const DELIVERED_DAYS = 30;
/** Tombstones stay until every switch has surely seen them. */
const TOMBSTONE_DAYS = 7;
/** When phones came and went is asked for while somebody looks into it. */
const REGISTRATION_EVENT_DAYS = 30;

/** A ban's level counts for so long after its end (lib/switch/edge/ban-list.ts). */
const BAN_MEMORY_MS = DAY_MS;

/** What was removed, by kind. */
export interface Purged {
  readonly bindings: number;
  readonly idempotencyRecords: number;
  readonly outboxMessages: number;
  readonly observations: number;
  readonly bans: number;
  readonly traces: number;
}

/** Forgets what has run out: registrations, stored answers, delivered events, kept signalling, sign-in traces, what fraud profiles found. */
export async function purgeExpired(database: ServicesDatabase, nowMs: number): Promise<Purged> {
  const { prisma, pool } = database;
  const bindings = await prisma.binding.deleteMany({
    where: { expiresAt: { lt: new Date(nowMs - BINDING_GRACE_MS) } },
  });
  await prisma.registrationEvent.deleteMany({
    where: { at: { lt: new Date(nowMs - REGISTRATION_EVENT_DAYS * DAY_MS) } },
  });
  const records = await prisma.idempotencyRecord.deleteMany({
    where: { expiresAt: { lt: new Date(nowMs) } },
  });
  const messages = await prisma.outboxMessage.deleteMany({
    where: { deliveredAt: { lt: new Date(nowMs - DELIVERED_DAYS * DAY_MS) } },
  });
  const observations = await pool.query(
    `DELETE FROM config_observed o USING config_object c
      WHERE c.kind = o.kind AND c.object_id = o.object_id AND c.deleted AND o.observed_at < $1`,
    [new Date(nowMs - TOMBSTONE_DAYS * DAY_MS)],
  );
  const bans = await prisma.addressRule.deleteMany({
    where: { until: { lt: new Date(nowMs - BAN_MEMORY_MS) } },
  });
  const traces = await purgeTraces(database, nowMs);
  await purgeIdentity(database, nowMs);
  await purgeFraud(database, nowMs);
  return {
    bindings: bindings.count,
    idempotencyRecords: records.count,
    outboxMessages: messages.count,
    observations: observations.rowCount ?? 0,
    bans: bans.count,
    traces,
  };
}
