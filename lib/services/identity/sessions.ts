import { AppError } from '@/lib/core/errors';
import { isUuid, type Uuid } from '@/lib/core/ids';
import { notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import type { SessionView } from './schemas';

/** The person who acts. Throws FORBIDDEN for API keys: sessions and passwords are people's. */
export function requirePerson(context: ServiceContext): Uuid {
  const { kind, id } = context.actor;
  if (kind === 'user' && id !== null) return id;
  throw new AppError('FORBIDDEN', 'Only a person who is signed in may do this.');
}

/** Where the person is signed in, the latest seen first; `currentId` is the session that asks. */
export async function listSessions(
  context: ServiceContext,
  currentId: string | null,
): Promise<{ items: SessionView[] }> {
  const userId = requirePerson(context);
  const rows = await context.database.prisma.authSession.findMany({
    where: { userId, endedAt: null, expiresAt: { gt: new Date(context.clock.nowMs()) } },
    orderBy: { lastSeenAt: 'desc' },
  });
  const items = rows.map((row) => ({
    id: row.id,
    current: row.id === currentId,
    host: row.audience,
    address: row.address,
    userAgent: row.userAgent,
    accountId: row.accountId,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
  return { items };
}

/** Ends one of the person's sessions: its token is refused from the next request on. */
export async function endSession(context: ServiceContext, sessionId: string): Promise<void> {
  const userId = requirePerson(context);
  const ended = isUuid(sessionId) ? await end(context, { id: sessionId, userId }) : 0;
  if (ended === 0) throw notFound('session');
}

/** Ends all of the person's sessions but the one that asks; gives how many. */
export async function endOtherSessions(
  context: ServiceContext,
  currentId: string,
): Promise<{ ended: number }> {
  const userId = requirePerson(context);
  return { ended: await end(context, { userId, id: { not: currentId } }) };
}

/** Which sessions to end. */
interface SessionFilter {
  readonly userId: Uuid;
  readonly id: string | { readonly not: string };
}

async function end(context: ServiceContext, where: SessionFilter): Promise<number> {
  const { accountId } = context.actor;
  return context.database.prisma.$transaction(async (tx) => {
    const endedAt = new Date(context.clock.nowMs());
    const { count } = await tx.authSession.updateMany({
      where: { ...where, endedAt: null },
      data: { endedAt },
    });
    const one = typeof where.id === 'string';
    if (count > 0) {
      await recordAudit(tx, context, {
        verb: one ? 'identity.endSession' : 'identity.endOtherSessions',
        objectKind: one ? 'session' : 'user',
        objectId: typeof where.id === 'string' ? where.id : where.userId,
        accountId,
        detail: { count },
      });
    }
    return count;
  });
}
