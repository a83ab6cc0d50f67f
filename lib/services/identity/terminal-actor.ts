import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import type { Actor } from '@/lib/services/context';
import type { ServicesDatabase } from '@/lib/services/database';

/**
 * Who acts at the terminal of the machine: a person of the operator's account by e-mail address, with
 * their role there; null = the system itself. Throws NOT_FOUND for anybody else.
 */
export async function terminalActor(
  { prisma }: ServicesDatabase,
  email: string | null,
): Promise<Actor> {
  const operator = await prisma.account.findFirst({ where: { kind: 'operator', parentId: null } });
  if (operator === null) throw new AppError('NOT_FOUND', 'Nothing is set up here yet.');
  const account = {
    accountId: operator.id,
    accountPath: operator.path,
    accountKind: 'operator',
    scopes: null,
    behindId: null,
    address: null,
    requestId: null,
  } as const;
  if (!isUuid(account.accountId)) throw new AppError('INTERNAL', 'an account without an id');
  const { accountId } = account;
  if (email === null) return { ...account, accountId, kind: 'system', id: null, role: 'owner' };
  const member = await prisma.membership.findFirst({
    where: { accountId, user: { email: email.toLowerCase(), disabledAt: null } },
  });
  if (member === null || !isUuid(member.userId)) {
    throw new AppError('NOT_FOUND', `Nobody of ${operator.name} has the address ${email}.`);
  }
  return { ...account, accountId, kind: 'user', id: member.userId, role: member.role };
}
