import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { checkPlan, storedColumns } from './bands';
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
  const { rates, bands = null, ...data } = parseInput(createDeckSchema, input);
  checkPlan(bands);
  checkRates(rates, { pricing: data.pricing, bands: bands?.bands.length ?? 0 });
  const { accountId, accountKind } = context.actor;
  if (data.kind === 'buy' && accountKind !== 'operator') {
    throw new AppError('FORBIDDEN', 'Carriers, and what they charge, are the operator’s.');
  }
  if (data.pricing === 'markup' && (data.kind === 'buy' || accountKind === 'operator')) {
    const message = 'A mark-up is put on what its owner pays: only resellers’ sell decks have one.';
    throw new AppError('INVALID_INPUT', message, {
      meta: { issues: [{ path: 'pricing', message }] },
    });
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
          decimals: data.decimals,
          pricing: data.pricing,
          versions: { create: { id: versionId, version: 1, ...storedColumns(bands) } },
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
