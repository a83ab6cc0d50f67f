import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getCarrier } from './get-carrier';
import { requireBuyDeck } from './internal/view';
import { type CreateCarrierInput, createCarrierSchema, type WireCarrier } from './schemas';

/** Adds somebody to buy calls from. Throws CONFLICT for a name that is taken. */
export async function createCarrier(
  context: ServiceContext,
  input: CreateCarrierInput,
): Promise<WireCarrier> {
  authorize(context, 'carriers.write');
  const data = parseInput(createCarrierSchema, input);
  const { accountId } = context.actor;
  const id = newId(context.clock.nowMs());
  await refuseConflicts({ taken: `There is a carrier "${data.name}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      if (data.buyDeckId) await requireBuyDeck(tx, accountId, data.buyDeckId);
      await tx.carrier.create({
        data: { id, accountId, name: data.name, buyDeckId: data.buyDeckId ?? null },
      });
      await recordAudit(tx, context, {
        verb: 'carriers.create',
        objectKind: 'carrier',
        objectId: id,
        accountId,
        detail: { buyDeckId: data.buyDeckId ?? null },
      });
    }),
  );
  return await getCarrier(context, id);
}
