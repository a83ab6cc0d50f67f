import { assert } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { accountInclude, toWireAccounts } from './internal/view';
import type { WireAccount } from './schemas';

/** One account of the caller's subtree. */
export async function getAccount(context: ServiceContext, accountId: string): Promise<WireAccount> {
  authorize(context, 'accounts.read');
  const row = isUuid(accountId)
    ? await context.database.prisma.account.findFirst({
        where: { id: accountId, AND: [inSubtree(context.actor)] },
        include: accountInclude,
      })
    : null;
  if (row === null) throw notFound('account');
  const [view] = await toWireAccounts(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
