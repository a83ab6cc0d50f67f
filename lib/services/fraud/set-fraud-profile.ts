import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getFraudProfile } from './get-fraud-profile';
import { isAbove, profileColumns } from './rules';
import { type SetFraudProfileInput, setFraudProfileSchema, type WireFraudProfile } from './schemas';

/** Sets the whole fraud profile of an account. Throws FORBIDDEN for the caller's own account. */
export async function setFraudProfile(
  context: ServiceContext,
  accountId: string,
  input: SetFraudProfileInput,
): Promise<WireFraudProfile> {
  authorize(context, 'fraud.write');
  const data = parseInput(setFraudProfileSchema, input);
  const columns = profileColumns(data);
  await context.database.prisma.$transaction(async (tx) => {
    const account = await findAccount(tx, context, accountId);
    if (!isAbove(context.actor, account)) {
      throw new AppError(
        'FORBIDDEN',
        'Only whoever sells to this account may change its fraud profile.',
      );
    }
    await tx.fraudProfile.upsert({
      where: { accountId: account.id },
      update: columns,
      create: { id: newId(context.clock.nowMs()), accountId: account.id, ...columns },
    });
    await recordAudit(tx, context, {
      verb: 'fraud.setProfile',
      objectKind: 'account',
      objectId: account.id,
      accountId: account.id,
      detail: { ...data },
    });
  });
  return await getFraudProfile(context, accountId);
}
