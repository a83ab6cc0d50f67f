import type { ServicesDatabase } from '@/lib/services/database';

const DAY_MS = 86_400_000;
/** What profiles found can be asked for a quarter back (get-fraud-report.ts). */
export const FRAUD_EVENT_DAYS = 92;
/** Who was blocked and released again is asked for while somebody looks into it. */
const RELEASED_BLOCK_DAYS = 365;
/** What was spent on a day is asked for on that day alone, wherever in the world it is. */
const SPEND_DAYS = 3;

/** Forgets old events, blocks that were released long ago, and what was spent on days that are over. */
export async function purgeFraud(database: ServicesDatabase, nowMs: number): Promise<void> {
  const { prisma } = database;
  const before = (days: number): Date => new Date(nowMs - days * DAY_MS);
  await prisma.fraudEvent.deleteMany({ where: { at: { lt: before(FRAUD_EVENT_DAYS) } } });
  await prisma.fraudBlock.deleteMany({
    where: { releasedAt: { lt: before(RELEASED_BLOCK_DAYS) } },
  });
  await prisma.dailySpend.deleteMany({ where: { day: { lt: before(SPEND_DAYS) } } });
}
