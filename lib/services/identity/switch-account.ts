import { notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { requirePerson } from './sessions';

export interface SwitchAccount {
  readonly accountId: string;
  readonly sessionId: string;
  /** On an account's own domain: its path; the session stays within it. */
  readonly withinPath: string | null;
}

/** Makes the session work in another account that the person belongs to. Throws NOT_FOUND. */
export async function switchAccount(context: ServiceContext, input: SwitchAccount): Promise<void> {
  const userId = requirePerson(context);
  const { accountId, sessionId } = input;
  await context.database.prisma.$transaction(async (tx) => {
    const membership = await tx.membership.findFirst({
      where: {
        userId,
        accountId,
        account: { status: { not: 'terminated' }, path: { startsWith: input.withinPath ?? '/' } },
      },
    });
    if (!membership) throw notFound('account');
    await tx.authSession.updateMany({
      where: { id: sessionId, userId, endedAt: null },
      data: { accountId },
    });
    await recordAudit(tx, context, {
      verb: 'identity.switchAccount',
      objectKind: 'session',
      objectId: sessionId,
      accountId,
    });
  });
}
