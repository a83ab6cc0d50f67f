import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import type { DeckRow, DeckVersionRow } from '@/lib/services/decks/find-deck';

/** Throws CONFLICT for a version at which nothing could be called. */
export function refuseEmpty(version: DeckVersionRow): void {
  if (version.rateCount > 0) return;
  throw new AppError('CONFLICT', 'This version has no rates: nothing could be called at it.');
}

/** What is active until then is retired; the deck must be locked. */
export async function makeActive(
  tx: Tx,
  context: ServiceContext,
  { deck, wanted }: { readonly deck: DeckRow; readonly wanted: DeckVersionRow },
): Promise<void> {
  const activatedAt = new Date(context.clock.nowMs());
  await tx.deckVersion.updateMany({
    where: { deckId: deck.id, status: 'active' },
    data: { status: 'retired' },
  });
  await tx.deckVersion.update({
    where: { id: wanted.id },
    data: { status: 'active', activatedAt, activateAt: null },
  });
  await tx.rateDeck.update({ where: { id: deck.id }, data: { activeVersionId: wanted.id } });
  await recordAudit(tx, context, {
    verb: 'decks.activateVersion',
    objectKind: 'rate_deck',
    objectId: deck.id,
    accountId: deck.accountId,
    detail: {
      version: wanted.version,
      fromVersionId: deck.activeVersionId,
      scheduledFor: wanted.activateAt?.toISOString() ?? null,
    },
  });
}
