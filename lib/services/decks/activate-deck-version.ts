import { AppError } from '@/lib/core/errors';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getDeck } from './get-deck';
import { lockDeck } from './internal/view';
import { type ActivateDeckVersionInput, activateDeckVersionSchema, type WireDeck } from './schemas';

/**
 * Makes a version the one that calls are priced at from now on; its rates never change again.
 * Calls that are up keep theirs. Activating the active version changes nothing; an earlier one
 * may come back.
 */
export async function activateDeckVersion(
  context: ServiceContext,
  deckId: string,
  input: ActivateDeckVersionInput,
): Promise<WireDeck> {
  authorize(context, 'decks.write');
  const { version } = parseInput(activateDeckVersionSchema, input);
  const { database, clock } = context;
  await database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, deckId);
    const wanted = deck.versions.find((one) => one.version === version);
    if (wanted === undefined) throw notFound('version of this deck');
    if (wanted.id === deck.activeVersionId) return;
    if (wanted._count.rates === 0) {
      throw new AppError('CONFLICT', 'This version has no rates: nothing could be called at it.');
    }
    await tx.deckVersion.updateMany({
      where: { deckId: deck.id, status: 'active' },
      data: { status: 'retired' },
    });
    await tx.deckVersion.update({
      where: { id: wanted.id },
      data: { status: 'active', activatedAt: new Date(clock.nowMs()) },
    });
    await tx.rateDeck.update({ where: { id: deck.id }, data: { activeVersionId: wanted.id } });
    await recordAudit(tx, context, {
      verb: 'decks.activateVersion',
      objectKind: 'rate_deck',
      objectId: deck.id,
      accountId: deck.accountId,
      detail: { version, fromVersionId: deck.activeVersionId },
    });
  });
  return await getDeck(context, deckId);
}
