import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { lockDeck, versionOf } from './find-deck';
import { getDeck } from './get-deck';
import { type DeckVersionRefInput, deckVersionRefSchema, type WireDeck } from './schemas';

/** Takes back that a version becomes active by itself; it stays what it is. */
export async function unscheduleDeckVersion(
  context: ServiceContext,
  deckId: string,
  input: DeckVersionRefInput,
): Promise<WireDeck> {
  authorize(context, 'decks.write');
  const { version } = parseInput(deckVersionRefSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, deckId);
    const wanted = versionOf(deck, version);
    if (wanted.activateAt === null) return;
    await tx.deckVersion.update({ where: { id: wanted.id }, data: { activateAt: null } });
    await recordAudit(tx, context, {
      verb: 'decks.unscheduleVersion',
      objectKind: 'rate_deck',
      objectId: deck.id,
      accountId: deck.accountId,
      detail: { version },
    });
  });
  return await getDeck(context, deckId);
}
