import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getEmergencyAddress } from './get-emergency-address';
import { requireCallback, requireComplete, showNumberOf } from './internal/view';
import {
  type CreateEmergencyAddressInput,
  createEmergencyAddressSchema,
  type WireEmergencyAddress,
} from './schemas';

/** Places of one tenant at most. */
const MAX_PLACES = 500;

/**
 * Adds a place to which help can be sent, confirmed by whoever adds it; a tenant's first is its own
 * from then on. Throws INVALID_INPUT for an address that its country would not find.
 */
export async function createEmergencyAddress(
  context: ServiceContext,
  input: CreateEmergencyAddressInput,
): Promise<WireEmergencyAddress> {
  authorize(context, 'emergency.write');
  const {
    confirmed: _,
    tenantId,
    numberId,
    ...place
  } = parseInput(createEmergencyAddressSchema, input);
  requireComplete(place);
  const { actor, clock, database } = context;
  const id = newId(clock.nowMs());
  await refuseConflicts({ taken: `There is a place "${place.name}" already.` }, () =>
    database.prisma.$transaction(async (tx) => {
      const tenant = await tx.tenant.findFirst({
        where: { id: tenantId, account: inSubtree(actor) },
      });
      if (tenant === null) throw notFound('tenant');
      if (numberId) await requireCallback(tx, tenant.id, numberId);
      if ((await tx.emergencyLocation.count({ where: { tenantId } })) >= MAX_PLACES) {
        throw new AppError('USAGE_EXCEEDS_LIMIT', `A tenant has ${MAX_PLACES} places at most.`);
      }
      const { accountId } = tenant;
      const confirmed = { confirmedAt: new Date(clock.nowMs()), confirmedById: actor.id };
      const row = { id, accountId, tenantId, numberId: numberId ?? null, ...place, ...confirmed };
      await tx.emergencyLocation.create({ data: row });
      if (tenant.emergencyLocationId === null) {
        await tx.tenant.update({ where: { id: tenantId }, data: { emergencyLocationId: id } });
        await showNumberOf(tx, tenantId);
      }
      await recordAudit(tx, context, {
        verb: 'emergency.create',
        objectKind: 'emergency_location',
        objectId: id,
        accountId,
        detail: { tenantId, country: place.country },
      });
    }),
  );
  return await getEmergencyAddress(context, id);
}
