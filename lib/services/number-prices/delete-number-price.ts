import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findPrice } from './internal/view';

/** Takes a line out of the caller's price list; numbers that run keep what they were taken at. */
export async function deleteNumberPrice(context: ServiceContext, priceId: string): Promise<void> {
  authorize(context, 'numbers.sell');
  await context.database.prisma.$transaction(async (tx) => {
    const row = await findPrice(tx, context, priceId);
    await tx.numberPrice.delete({ where: { id: row.id } });
    await recordAudit(tx, context, {
      verb: 'numberPrices.delete',
      objectKind: 'number_price',
      objectId: row.id,
      accountId: row.accountId,
    });
  });
}
