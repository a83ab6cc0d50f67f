import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getDeck } from './get-deck';
import { insertRates } from './internal/rates';
import { lockDeck } from './internal/view';
import { checkRates, toRateRow } from './rules';
import { type CreateDeckVersionInput, createDeckVersionSchema, type WireDeck } from './schemas';

/** Adds a draft version with rates of its own; what is sold now stays until it is activated. */
export async function createDeckVersion(
  context: ServiceContext,
  deckId: string,
  input: CreateDeckVersionInput,
): Promise<WireDeck> {
  authorize(context, 'decks.write');
  const { rates } = parseInput(createDeckVersionSchema, input);
  checkRates(rates);
  await context.database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, deckId);
    const id = newId(context.clock.nowMs());
    const version = Math.max(0, ...deck.versions.map((one) => one.version)) + 1;
    await tx.deckVersion.create({ data: { id, deckId: deck.id, version } });
    await insertRates(tx, id, rates.map(toRateRow));
    await recordAudit(tx, context, {
      verb: 'decks.createVersion',
      objectKind: 'rate_deck',
      objectId: deck.id,
      accountId: deck.accountId,
      detail: { version, rates: rates.length },
    });
  });
  return await getDeck(context, deckId);
}
