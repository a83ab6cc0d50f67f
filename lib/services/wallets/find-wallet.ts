import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { Wallet } from '@/prisma/generated/client';
import { visibleWallets } from './internal/view';

/** A wallet that the caller may see. Throws NOT_FOUND, also for those of others. */
export async function findWallet(
  db: Tx,
  { actor }: ServiceContext,
  walletId: string,
): Promise<Wallet> {
  const row = isUuid(walletId)
    ? await db.wallet.findFirst({ where: { id: walletId, AND: [visibleWallets(actor)] } })
    : null;
  if (row === null) throw notFound('wallet');
  return row;
}
