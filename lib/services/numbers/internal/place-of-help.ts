import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { NumberRow } from './view';

/** Kinds at which a caller sits at no place: nobody calls for help from a toll-free number. */
const PLACELESS: readonly string[] = ['toll_free', 'shared_cost', 'premium'];

/**
 * Where help is sent to that is called from an ordered number: the place that was named, which the
 * order confirms; null where the tenant's own will do, or the number stands for no place. Throws
 * CONFLICT where there is none, NOT_FOUND for a place of somebody else.
 */
export async function placeOfHelp(
  tx: Tx,
  context: ServiceContext,
  order: {
    readonly number: NumberRow;
    readonly accountId: string;
    readonly tenantId: string | null;
    readonly wantedId: string | null;
  },
): Promise<string | null> {
  const { number, accountId, tenantId, wantedId } = order;
  const confirmed = {
    confirmedAt: new Date(context.clock.nowMs()),
    confirmedById: context.actor.id,
  };
  if (wantedId !== null) {
    const where = { id: wantedId, accountId, ...(tenantId ? { tenantId } : {}) };
    const { count } = await tx.emergencyLocation.updateMany({ where, data: confirmed });
    if (count === 0) throw notFound('emergency address of this tenant');
    return wantedId;
  }
  if (number.country === null || PLACELESS.includes(number.kind)) return null;
  const ofTenant = await tx.tenant.findFirst({
    where: { accountId, ...(tenantId ? { id: tenantId } : {}), emergencyLocationId: { not: null } },
    select: { emergencyLocationId: true },
  });
  if (ofTenant?.emergencyLocationId == null) {
    throw new AppError(
      'CONFLICT',
      'Say first where help is to be sent to: add an emergency address.',
      { meta: { issues: [{ path: 'emergencyAddressId', message: 'is needed' }] } },
    );
  }
  await tx.emergencyLocation.update({
    where: { id: ofTenant.emergencyLocationId },
    data: confirmed,
  });
  return null;
}
