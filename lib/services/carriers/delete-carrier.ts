import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { findCarrier } from './internal/view';

/** Removes a carrier that no trunk leads to any more. Throws CONFLICT while one does. */
export async function deleteCarrier(context: ServiceContext, carrierId: string): Promise<void> {
  authorize(context, 'carriers.write');
  const inUse = 'Trunks still lead to this carrier: delete them first.';
  await refuseConflicts({ inUse }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const carrier = await findCarrier(tx, context, carrierId);
      if (carrier.trunks.length > 0) throw new AppError('CONFLICT', inUse);
      await tx.carrier.delete({ where: { id: carrier.id } });
      await recordAudit(tx, context, {
        verb: 'carriers.delete',
        objectKind: 'carrier',
        objectId: carrier.id,
        accountId: carrier.accountId,
      });
    }),
  );
}
