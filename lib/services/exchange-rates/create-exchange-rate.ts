import { AppError, assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { NANO_SCALE, parseDecimal } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { toWireExchangeRates } from './internal/view';
import {
  type CreateExchangeRateInput,
  createExchangeRateSchema,
  type WireExchangeRate,
} from './schemas';

/**
 * Says what a currency is worth in another from a moment on. Calls in progress keep what was pinned
 * when they began; nothing that was said before is changed. Saying the same again changes nothing;
 * throws CONFLICT where another rate was said for the same moment, INVALID_INPUT for the past: calls
 * were converted by what was known then.
 */
export async function createExchangeRate(
  context: ServiceContext,
  input: CreateExchangeRateInput,
): Promise<WireExchangeRate> {
  authorize(context, 'exchangeRates.write');
  const { base, quote, rate, validFrom, source } = parseInput(createExchangeRateSchema, input);
  const { actor, clock, database } = context;
  const nowMs = clock.nowMs();
  const from = new Date(validFrom === undefined ? nowMs : Date.parse(validFrom));
  const rateNano = parseDecimal(rate, NANO_SCALE);
  const pair = { accountId: actor.accountId, base, quote, validFrom: from };
  const row = await database.prisma.$transaction(async (tx) => {
    const before = await tx.exchangeRate.findUnique({
      where: { accountId_base_quote_validFrom: pair },
    });
    if (before) {
      if (before.rateNano === rateNano) return before;
      throw new AppError('CONFLICT', `Another rate of ${base} in ${quote} begins at that moment.`);
    }
    if (from.getTime() < nowMs) {
      throw new AppError('INVALID_INPUT', 'An exchange rate begins now or later.', {
        meta: { issues: [{ path: 'validFrom', message: 'must not be in the past' }] },
      });
    }
    const made = await tx.exchangeRate.create({
      data: { id: newId(nowMs), ...pair, rateNano, source },
    });
    await recordAudit(tx, context, {
      verb: 'exchangeRates.create',
      objectKind: 'exchange_rate',
      objectId: made.id,
      accountId: actor.accountId,
      detail: { base, quote, rate, validFrom: from.toISOString() },
    });
    return made;
  });
  const [view] = await toWireExchangeRates(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
