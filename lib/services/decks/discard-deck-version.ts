import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { lockDeck, versionOf } from './find-deck';
import { getDeck } from './get-deck';
import { type DeckVersionRefInput, deckVersionRefSchema, type WireDeck } from './schemas';

/**
 * Throws a draft away with its rates. Throws CONFLICT for a version that was ever active: charges
 * name it.
 */
export async function discardDeckVersion(
  context: ServiceContext,
  deckId: string,
  input: DeckVersionRefInput,
): Promise<WireDeck> {
  authorize(context, 'decks.write');
  const { version } = parseInput(deckVersionRefSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, deckId);
    const wanted = versionOf(deck, version);
    if (wanted.status !== 'draft') {
      throw new AppError('CONFLICT', 'This version was active: it is kept, because calls name it.');
    }
    await tx.deckVersion.delete({ where: { id: wanted.id } });
    await recordAudit(tx, context, {
      verb: 'decks.discardVersion',
      objectKind: 'rate_deck',
      objectId: deck.id,
      accountId: deck.accountId,
      detail: { version, rates: wanted.rateCount },
    });
  });
  return await getDeck(context, deckId);
}
