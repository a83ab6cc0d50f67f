import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findWallet } from './find-wallet';
import { toWireWallet } from './internal/view';
import type { WireWallet } from './schemas';

/** One wallet that the caller pays from or is paid by. */
export async function getWallet(context: ServiceContext, walletId: string): Promise<WireWallet> {
  authorize(context, 'wallets.read');
  return toWireWallet(await findWallet(context.database.prisma, context, walletId));
}
