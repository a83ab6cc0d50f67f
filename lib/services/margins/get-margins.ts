import { AppError } from '@/lib/core/errors';
import { toWireMoney } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import { shareOf } from '@/lib/services/calls/rules';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { MARGINS_SQL } from './internal/sql';
import { type MarginGroup, type MarginQuery, marginQuerySchema, type WireMargins } from './schemas';

interface Row {
  readonly id: string | null;
  readonly name: string | null;
  readonly isTotal: boolean;
  readonly calls: string;
  readonly seconds: string;
  readonly revenue: string;
  readonly cost: string;
  readonly unconverted: string;
}

/**
 * What the caller's own account earned by calls in a period, and what it kept, by destination, by the
 * account that bought from it or (the operator) by carrier. Charges in other currencies are converted
 * as of their own day. Throws FORBIDDEN for carriers of anybody but the operator.
 */
export async function getMargins(
  context: ServiceContext,
  input: MarginQuery,
): Promise<WireMargins> {
  authorize(context, 'margins.read');
  const { by, from, to, limit } = parseInput(marginQuerySchema, input);
  const { actor, database } = context;
  if (by === 'carrier' && actor.accountKind !== 'operator') {
    throw new AppError('FORBIDDEN', 'Carriers are the operator’s business.');
  }
  const { currency } = await database.prisma.account.findUniqueOrThrow({
    where: { id: actor.accountId },
    select: { currency: true },
  });
  const { rows } = await database.pool.query<Row>(MARGINS_SQL[by], [
    actor.accountId,
    new Date(from),
    new Date(to),
    currency,
    limit + 1,
  ]);
  const groups = rows.filter(({ isTotal }) => !isTotal);
  const total = rows.find(({ isTotal }) => isTotal);
  return {
    by,
    currency,
    total: figuresOf(total, currency),
    rows: groups.slice(0, limit).map((row) => ({
      id: idOf(by, row),
      name: row.name,
      ...figuresOf(row, currency),
    })),
    hasMore: groups.length > limit,
    unconverted: Number(total?.unconverted ?? 0),
  };
}

function idOf(by: MarginGroup, { id }: Row): string | null {
  return by === 'destination' ? null : id;
}

function figuresOf(row: Row | undefined, currency: string): WireMargins['total'] {
  const revenue = BigInt(row?.revenue ?? 0);
  const cost = BigInt(row?.cost ?? 0);
  return {
    calls: Number(row?.calls ?? 0),
    seconds: Number(row?.seconds ?? 0),
    revenue: toWireMoney(revenue, currency),
    cost: toWireMoney(cost, currency),
    margin: toWireMoney(revenue - cost, currency),
    share: shareOf(revenue - cost, revenue),
  };
}
