import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { lockDeck, versionOf } from './find-deck';
import { getDeck } from './get-deck';
import { makeActive, refuseEmpty } from './internal/activate';
import { type ActivateDeckVersionInput, activateDeckVersionSchema, type WireDeck } from './schemas';

/** Prices are agreed for months ahead, not for years. */
const MAX_AHEAD_MS = 366 * 86_400_000;

/**
 * Makes a version the one that calls are priced at, now or at a moment to come; its rates never
 * change again. Calls that are up keep theirs. Activating the active version changes nothing; an
 * earlier one may come back. Throws CONFLICT for a version without rates.
 */
export async function activateDeckVersion(
  context: ServiceContext,
  deckId: string,
  input: ActivateDeckVersionInput,
): Promise<WireDeck> {
  authorize(context, 'decks.write');
  const { version, at } = parseInput(activateDeckVersionSchema, input);
  const { database, clock } = context;
  const atMs = at ? Date.parse(at) : null;
  if (atMs !== null && atMs > clock.nowMs() + MAX_AHEAD_MS) {
    throw new AppError('INVALID_INPUT', 'at: this is more than a year ahead.', {
      meta: { issues: [{ path: 'at', message: 'this is more than a year ahead' }] },
    });
  }
  await database.prisma.$transaction(async (tx) => {
    const deck = await lockDeck(tx, context, deckId);
    const wanted = versionOf(deck, version);
    refuseEmpty(wanted);
    if (atMs !== null && atMs > clock.nowMs()) {
      await tx.deckVersion.update({
        where: { id: wanted.id },
        data: { activateAt: new Date(atMs) },
      });
      await recordAudit(tx, context, {
        verb: 'decks.scheduleVersion',
        objectKind: 'rate_deck',
        objectId: deck.id,
        accountId: deck.accountId,
        detail: { version, at: new Date(atMs).toISOString() },
      });
      return;
    }
    if (wanted.id === deck.activeVersionId) return;
    await makeActive(tx, context, { deck, wanted });
  });
  return await getDeck(context, deckId);
}
