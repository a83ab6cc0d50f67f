import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getDeck } from './get-deck';
import { insertRates } from './internal/rates';
import { checkRates, toRateRow } from './rules';
import { type CreateDeckInput, createDeckSchema, type WireDeck } from './schemas';

/** Creates a price list with version 1 as a draft: nothing is sold at it before it is activated. */
export async function createDeck(
  context: ServiceContext,
  input: CreateDeckInput,
): Promise<WireDeck> {
  authorize(context, 'decks.write');
  const { rates, ...data } = parseInput(createDeckSchema, input);
  checkRates(rates);
  const { accountId, accountKind } = context.actor;
  if (data.kind === 'buy' && accountKind !== 'operator') {
    throw new AppError('FORBIDDEN', 'Carriers, and what they charge, are the operator’s.');
  }
  const id = newId(context.clock.nowMs());
  await refuseConflicts({ taken: `There is a rate deck "${data.name}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
      const versionId = newId(context.clock.nowMs());
      await tx.rateDeck.create({
        data: {
          id,
          accountId,
          kind: data.kind,
          name: data.name,
          currency: data.currency ?? account.currency,
          rounding: data.rounding,
          versions: { create: { id: versionId, version: 1 } },
        },
      });
      await insertRates(tx, versionId, rates.map(toRateRow));
      await recordAudit(tx, context, {
        verb: 'decks.create',
        objectKind: 'rate_deck',
        objectId: id,
        accountId,
        detail: { kind: data.kind, rates: rates.length },
      });
    }),
  );
  return await getDeck(context, id);
}
