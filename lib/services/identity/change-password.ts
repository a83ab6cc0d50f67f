import { AppError } from '@/lib/core/errors';
import { hashPassword, verifyPassword } from '@/lib/infra/crypto';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { brake, release } from './internal/brake';
import { throughPasswordGate } from './internal/password-gate';
import { type ChangePasswordInput, changePasswordSchema } from './schemas';
import { requirePerson } from './sessions';

/**
 * Sets a new password and ends the person's other sessions. Throws INVALID_INPUT where the current
 * one is wrong, RATE_LIMITED after too many tries.
 */
export async function changePassword(
  context: ServiceContext,
  input: ChangePasswordInput,
  currentSessionId: string,
): Promise<void> {
  const userId = requirePerson(context);
  const { currentPassword, newPassword } = parseInput(changePasswordSchema, input);
  const { database, actor, clock } = context;
  const user = await database.prisma.user.findUniqueOrThrow({ where: { id: userId } });
  const attempt = { email: user.email, address: actor.address, nowMs: clock.nowMs() };
  const attemptId = await brake(database, attempt);
  const right = await throughPasswordGate(() => verifyPassword(currentPassword, user.passwordHash));
  if (!right) throw wrong('currentPassword', 'The current password is wrong.');
  await release(database, attemptId, attempt);
  if (newPassword === currentPassword) {
    throw wrong('newPassword', 'The new password is the same as the current one.');
  }
  const passwordHash = await throughPasswordGate(() => hashPassword(newPassword));
  await database.prisma.$transaction(async (tx) => {
    await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    await tx.authSession.updateMany({
      where: { userId, id: { not: currentSessionId }, endedAt: null },
      data: { endedAt: new Date(clock.nowMs()) },
    });
    await recordAudit(tx, context, {
      verb: 'identity.changePassword',
      objectKind: 'user',
      objectId: userId,
      accountId: actor.accountId,
    });
  });
}

function wrong(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { meta: { issues: [{ path, message }] } });
}
