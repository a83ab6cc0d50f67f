import { formatDecimal, NANO_SCALE } from '@/lib/core/money';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireExchangeRate } from '@/lib/services/exchange-rates/schemas';
import type { Prisma } from '@/prisma/generated/client';

export type ExchangeRateRow = Prisma.ExchangeRateGetPayload<object>;

/** Views of exchange rates with what the switch has applied of them. */
export async function toWireExchangeRates(
  context: ServiceContext,
  rows: readonly ExchangeRateRow[],
): Promise<readonly WireExchangeRate[]> {
  const { database, clock } = context;
  const observed = await readObserved(
    context,
    'exchange_rate',
    rows.map(({ id }) => id),
  );
  const current = await database.prisma.exchangeRate.findMany({
    where: {
      accountId: { in: rows.map(({ accountId }) => accountId) },
      validFrom: { lte: new Date(clock.nowMs()) },
    },
    distinct: ['accountId', 'base', 'quote'],
    orderBy: [{ accountId: 'asc' }, { base: 'asc' }, { quote: 'asc' }, { validFrom: 'desc' }],
    select: { id: true },
  });
  const currentIds = new Set(current.map(({ id }) => id));
  return rows.map((row) => ({
    id: row.id,
    base: row.base,
    quote: row.quote,
    rate: formatDecimal(row.rateNano, NANO_SCALE, 4),
    validFrom: row.validFrom.toISOString(),
    source: row.source,
    isCurrent: currentIds.has(row.id),
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
