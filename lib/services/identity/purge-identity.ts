import type { Database } from '@/lib/infra/db/client';

const DAY_MS = 86_400_000;
/** Attempts matter for minutes and help to look into an attack for days. */
const ATTEMPT_DAYS = 7;
/** Ended sessions and used links stay for questions, then go: they hold addresses. */
const KEPT_DAYS = 30;

/** Forgets sign-in attempts, ended sessions and spent links past their time. For the worker, daily. */
export async function purgeIdentity(database: Database, nowMs: number): Promise<void> {
  const { prisma } = database;
  const kept = new Date(nowMs - KEPT_DAYS * DAY_MS);
  await prisma.signInAttempt.deleteMany({
    where: { at: { lt: new Date(nowMs - ATTEMPT_DAYS * DAY_MS) } },
  });
  await prisma.authSession.deleteMany({
    where: { OR: [{ endedAt: { lt: kept } }, { expiresAt: { lt: kept } }] },
  });
  await prisma.oneTimeToken.deleteMany({ where: { expiresAt: { lt: kept } } });
}
