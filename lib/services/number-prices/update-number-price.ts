import { parseMicro } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { pickPrice } from '@/lib/services/numbers/rules';
import { parseInput } from '@/lib/services/parse';
import { findPrice, type PriceRow, toWirePrice } from './internal/view';
import {
  type UpdateNumberPriceInput,
  updateNumberPriceSchema,
  type WireNumberPrice,
} from './schemas';

/**
 * Changes what a line of the caller's price list asks. Numbers that run keep what they were taken
 * at, unless it is to apply to them too: then from their next month on.
 */
export async function updateNumberPrice(
  context: ServiceContext,
  priceId: string,
  input: UpdateNumberPriceInput,
): Promise<WireNumberPrice> {
  authorize(context, 'numbers.sell');
  const { setUp, perPeriod, applyToRunning } = parseInput(updateNumberPriceSchema, input);
  return await context.database.prisma.$transaction(async (tx) => {
    const before = await findPrice(tx, context, priceId);
    await tx.numberPrice.update({
      where: { id: before.id },
      data: {
        ...(setUp === undefined ? {} : { setUpMicro: parseMicro(setUp) }),
        ...(perPeriod === undefined ? {} : { perPeriodMicro: parseMicro(perPeriod) }),
      },
    });
    const row = await findPrice(tx, context, priceId);
    const running = applyToRunning ? await reprice(tx, row) : 0;
    await recordAudit(tx, context, {
      verb: 'numberPrices.update',
      objectKind: 'number_price',
      objectId: row.id,
      accountId: row.accountId,
      detail: { setUp: setUp ?? null, perPeriod: perPeriod ?? null, applyToRunning, running },
    });
    return toWirePrice(row);
  });
}

/** Puts the new price to the running numbers that this very line prices; gives how many. */
async function reprice(tx: Tx, price: PriceRow): Promise<number> {
  const rules = await tx.numberPrice.findMany({ where: { accountId: price.accountId } });
  const hops = await tx.numberRentalHop.findMany({
    where: { sellerId: price.accountId, currency: price.currency, rental: { endedAt: null } },
    include: {
      rental: {
        select: {
          number: { select: { e164: true, country: true, kind: true, group: true } },
        },
      },
    },
  });
  const meant = hops.filter(({ rental, buyerId, currency }) => {
    return pickPrice(rules, rental.number, { id: buyerId, currency })?.id === price.id;
  });
  for (const { rentalId, hop } of meant) {
    await tx.numberRentalHop.update({
      where: { rentalId_hop: { rentalId, hop } },
      data: { perPeriodMicro: price.perPeriodMicro },
    });
  }
  return meant.length;
}
