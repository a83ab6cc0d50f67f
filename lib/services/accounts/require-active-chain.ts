import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';

/** Throws ACCOUNT_SUSPENDED where the account or anybody above it may not take on anything new. */
export async function requireActiveChain(
  tx: Tx,
  account: { readonly id: string; readonly path: string },
): Promise<void> {
  const chain = account.path.split('/').filter((id) => id !== '');
  const stopped = await tx.account.findFirst({
    where: { id: { in: chain }, status: { not: 'active' } },
  });
  if (stopped === null) return;
  const whose = stopped.id === account.id ? 'This account' : "The provider's account";
  throw new AppError('ACCOUNT_SUSPENDED', `${whose} is not active: nothing can be ordered.`);
}
