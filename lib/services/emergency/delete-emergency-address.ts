import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findLocation, showNumberOf } from './internal/view';

/** Takes a place away; numbers that had it have their tenant's own again, or a notice. */
export async function deleteEmergencyAddress(
  context: ServiceContext,
  addressId: string,
): Promise<void> {
  authorize(context, 'emergency.write');
  await context.database.prisma.$transaction(async (tx) => {
    const row = await findLocation(tx, context, addressId);
    // By statements of ours, so that tenant and numbers take a generation of their own.
    await tx.tenant.updateMany({
      where: { emergencyLocationId: row.id },
      data: { emergencyLocationId: null },
    });
    await tx.phoneNumber.updateMany({
      where: { emergencyLocationId: row.id },
      data: { emergencyLocationId: null },
    });
    await tx.emergencyLocation.delete({ where: { id: row.id } });
    await showNumberOf(tx, row.tenantId);
    await recordAudit(tx, context, {
      verb: 'emergency.delete',
      objectKind: 'emergency_location',
      objectId: row.id,
      accountId: row.accountId,
      detail: { tenantId: row.tenantId },
    });
  });
}
