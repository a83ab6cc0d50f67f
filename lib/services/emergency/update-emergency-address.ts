import { withoutAbsent } from '@/lib/core/without-absent';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getEmergencyAddress } from './get-emergency-address';
import { findLocation, requireCallback, requireComplete, showNumberOf } from './internal/view';
import {
  type UpdateEmergencyAddressInput,
  updateEmergencyAddressSchema,
  type WireEmergencyAddress,
} from './schemas';

/**
 * Changes a place, or only confirms it anew: whoever saves it says that help can be sent there.
 * Throws INVALID_INPUT for an address that its country would not find.
 */
export async function updateEmergencyAddress(
  context: ServiceContext,
  addressId: string,
  input: UpdateEmergencyAddressInput,
): Promise<WireEmergencyAddress> {
  authorize(context, 'emergency.write');
  const { confirmed: _, ...changes } = parseInput(updateEmergencyAddressSchema, input);
  const { actor, clock, database } = context;
  await refuseConflicts({ taken: 'There is a place of that name already.' }, () =>
    database.prisma.$transaction(async (tx) => {
      const before = await findLocation(tx, context, addressId);
      const known = withoutAbsent(changes);
      requireComplete({ ...before, ...known });
      if (changes.numberId) await requireCallback(tx, before.tenantId, changes.numberId);
      const confirmed = { confirmedAt: new Date(clock.nowMs()), confirmedById: actor.id };
      await tx.emergencyLocation.update({
        where: { id: before.id },
        data: { ...known, ...confirmed },
      });
      await showNumberOf(tx, before.tenantId);
      await recordAudit(tx, context, {
        verb: 'emergency.update',
        objectKind: 'emergency_location',
        objectId: before.id,
        accountId: before.accountId,
        detail: { changed: Object.keys(known) },
      });
    }),
  );
  return await getEmergencyAddress(context, addressId);
}
