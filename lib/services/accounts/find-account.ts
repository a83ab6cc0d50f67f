import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';

/** An account in the caller's subtree, for other verbs to work on. Throws NOT_FOUND. */
export async function findAccount(
  tx: Tx,
  { actor }: Pick<ServiceContext, 'actor'>,
  accountId: string,
): Promise<Prisma.AccountGetPayload<object>> {
  const row = isUuid(accountId)
    ? await tx.account.findFirst({ where: { id: accountId, AND: [inSubtree(actor)] } })
    : null;
  if (row === null) throw notFound('account');
  return row;
}
