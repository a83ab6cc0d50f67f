import { isUuid } from '@/lib/core/ids';
import { toWireMoney } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { WireNumberPrice } from '@/lib/services/number-prices/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const priceInclude = {
  buyer: { select: { id: true, name: true } },
} satisfies Prisma.NumberPriceInclude;

export type PriceRow = Prisma.NumberPriceGetPayload<{ include: typeof priceInclude }>;

/** A line of the caller's own list: nobody else's is its business. Throws NOT_FOUND. */
export async function findPrice(
  tx: Tx,
  { actor }: ServiceContext,
  priceId: string,
): Promise<PriceRow> {
  const row = isUuid(priceId)
    ? await tx.numberPrice.findFirst({
        where: { id: priceId, accountId: actor.accountId },
        include: priceInclude,
      })
    : null;
  if (row === null) throw notFound('number price');
  return row;
}

/** A line as the API shows it. */
export function toWirePrice(row: PriceRow): WireNumberPrice {
  return {
    id: row.id,
    accountId: row.accountId,
    buyer: row.buyer,
    country: row.country,
    kind: row.kind,
    group: row.group,
    prefix: row.prefix,
    setUp: toWireMoney(row.setUpMicro, row.currency),
    perPeriod: toWireMoney(row.perPeriodMicro, row.currency),
  };
}
