import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getCarrier } from './get-carrier';
import { findCarrier, requireBuyDeck } from './internal/view';
import { type UpdateCarrierInput, updateCarrierSchema, type WireCarrier } from './schemas';

/** Changes name or buy deck; calls that are up keep the price they were planned at. */
export async function updateCarrier(
  context: ServiceContext,
  carrierId: string,
  input: UpdateCarrierInput,
): Promise<WireCarrier> {
  authorize(context, 'carriers.write');
  const data = parseInput(updateCarrierSchema, input);
  await refuseConflicts({ taken: `There is a carrier "${data.name ?? ''}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const carrier = await findCarrier(tx, context, carrierId);
      if (data.buyDeckId) await requireBuyDeck(tx, carrier.accountId, data.buyDeckId);
      await tx.carrier.update({
        where: { id: carrier.id },
        data: {
          ...(data.name === undefined ? {} : { name: data.name }),
          ...(data.buyDeckId === undefined ? {} : { buyDeckId: data.buyDeckId }),
        },
      });
      await recordAudit(tx, context, {
        verb: 'carriers.update',
        objectKind: 'carrier',
        objectId: carrier.id,
        accountId: carrier.accountId,
        detail: {
          changed: Object.keys(data),
          ...(data.buyDeckId === undefined
            ? {}
            : { fromBuyDeckId: carrier.buyDeckId, toBuyDeckId: data.buyDeckId }),
        },
      });
    }),
  );
  return await getCarrier(context, carrierId);
}
