import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import type { ServiceContext } from '@/lib/services/context';
import { toWireProfile } from './internal/profile-view';
import type { WireFraudProfile } from './schemas';

/** The fraud profile of an account of the caller's subtree; off where nobody has set one. */
export async function getFraudProfile(
  context: ServiceContext,
  accountId: string,
): Promise<WireFraudProfile> {
  authorize(context, 'fraud.read');
  const { prisma } = context.database;
  const account = await findAccount(prisma, context, accountId);
  const row = await prisma.fraudProfile.findUnique({ where: { accountId: account.id } });
  return await toWireProfile(context, account, row);
}
