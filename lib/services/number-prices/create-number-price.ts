import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { parseMicro } from '@/lib/core/money';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { findPrice, toWirePrice } from './internal/view';
import {
  type CreateNumberPriceInput,
  createNumberPriceSchema,
  type WireNumberPrice,
} from './schemas';

/** Lines of one list at most: it is read whole with every order. */
const MAX_PRICES = 1_000;

/**
 * Adds a line to the caller's price list for numbers: what its children, or one of them, pay for
 * those that fit. Throws CONFLICT where there is such a line already.
 */
export async function createNumberPrice(
  context: ServiceContext,
  input: CreateNumberPriceInput,
): Promise<WireNumberPrice> {
  authorize(context, 'numbers.sell');
  const { setUp, perPeriod, buyerId, ...rule } = parseInput(createNumberPriceSchema, input);
  const { accountId } = context.actor;
  const id = newId(context.clock.nowMs());
  return await refuseConflicts({ taken: 'There is a price for just these numbers already.' }, () =>
    context.database.prisma.$transaction(async (tx) => {
      if (buyerId) {
        const buyer = await tx.account.findFirst({ where: { id: buyerId, parentId: accountId } });
        if (buyer === null) throw notFound('account that buys from you');
      }
      if ((await tx.numberPrice.count({ where: { accountId } })) >= MAX_PRICES) {
        throw new AppError('USAGE_EXCEEDS_LIMIT', `A price list has ${MAX_PRICES} lines at most.`);
      }
      await tx.numberPrice.create({
        data: {
          id,
          accountId,
          buyerId: buyerId ?? null,
          country: rule.country ?? null,
          kind: rule.kind ?? null,
          group: rule.group,
          prefix: rule.prefix,
          currency: rule.currency,
          setUpMicro: parseMicro(setUp),
          perPeriodMicro: parseMicro(perPeriod),
        },
      });
      await recordAudit(tx, context, {
        verb: 'numberPrices.create',
        objectKind: 'number_price',
        objectId: id,
        accountId,
        detail: { setUp, perPeriod, buyerId: buyerId ?? null, ...withNulls(rule) },
      });
      return toWirePrice(await findPrice(tx, context, id));
    }),
  );
}

const withNulls = (rule: object): Record<string, string | null> =>
  Object.fromEntries(Object.entries(rule).map(([name, value]) => [name, value ?? null]));
