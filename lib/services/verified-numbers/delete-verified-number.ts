import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findVerified } from './internal/view';

/** Takes a confirmation back: the number is not the tenant's to show any more. */
export async function deleteVerifiedNumber(context: ServiceContext, id: string): Promise<void> {
  authorize(context, 'numbers.verify');
  await context.database.prisma.$transaction(async (tx) => {
    const row = await findVerified(tx, context, id);
    await tx.verifiedNumber.delete({ where: { id: row.id } });
    await recordAudit(tx, context, {
      verb: 'numbers.unverify',
      objectKind: 'verified_number',
      objectId: row.id,
      accountId: row.accountId,
      detail: { tenantId: row.tenantId },
    });
  });
}
