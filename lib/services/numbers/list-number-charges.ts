import { toWireMoney } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { getNumber } from './get-number';
import { priceOfCallsIn } from './internal/calls-in';
import type { NumberCharges } from './schemas';

/** Months shown at most: five years at three hops. */
const MAX_CHARGES = 200;

/**
 * What a number cost since its holder has it, the newest month first, and what the next one will:
 * at the hops that the caller pays or is paid at, the operator's all (DESIGN: who sees what).
 */
export async function listNumberCharges(
  context: ServiceContext,
  numberId: string,
): Promise<NumberCharges> {
  authorize(context, 'numbers.read');
  const number = await getNumber(context, numberId);
  const { actor, database } = context;
  const seesAll = actor.kind === 'system' || actor.accountKind === 'operator';
  const mine = seesAll ? {} : { OR: [{ buyerId: actor.accountId }, { sellerId: actor.accountId }] };
  const rental = await database.prisma.numberRental.findFirst({
    where: { numberId: number.id, endedAt: null },
    include: { hops: { where: mine, orderBy: { hop: 'asc' } } },
  });
  const callsIn = await priceOfCallsIn(context, number);
  if (rental === null) return { callsIn, items: [], next: null };
  const charges = await database.prisma.numberCharge.findMany({
    where: { rentalId: rental.id, ...mine },
    orderBy: [{ period: 'desc' }, { hop: 'asc' }],
    take: MAX_CHARGES,
  });
  return {
    callsIn,
    items: charges.map((charge) => ({
      period: charge.period,
      hop: charge.hop,
      buyerAccountId: charge.buyerId,
      sellerAccountId: charge.sellerId,
      setUp: toWireMoney(charge.setUpMicro, charge.currency),
      perPeriod: toWireMoney(charge.periodMicro, charge.currency),
      periodStart: charge.periodStart.toISOString(),
      periodEnd: charge.periodEnd.toISOString(),
      transactionId: charge.transactionId,
    })),
    next: {
      dueAt: rental.nextDueAt.toISOString(),
      unpaidSince: rental.unpaidSince?.toISOString() ?? null,
      hops: rental.hops.map(({ hop, buyerId, perPeriodMicro, currency }) => ({
        hop,
        buyerAccountId: buyerId,
        perPeriod: toWireMoney(perPeriodMicro, currency),
      })),
    },
  };
}
