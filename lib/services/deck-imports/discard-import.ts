import { AppError } from '@/lib/core/errors';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findImport, importKey } from './internal/view';

/**
 * Gives an import up; one that is being read stops, and leaves nothing behind. Its file is deleted.
 * Throws CONFLICT for one that became a version: that is discarded instead.
 */
export async function discardImport(
  context: ServiceContext,
  importId: string,
  blobs: () => BlobStore = blobStore,
): Promise<void> {
  authorize(context, 'decks.write');
  const { clock, database } = context;
  const id = await database.prisma.$transaction(async (tx) => {
    const row = await findImport(tx, context, importId);
    const { count } = await tx.deckImport.updateMany({
      where: { id: row.id, state: { not: 'done' } },
      data: { state: 'discarded', claim: null, finishedAt: new Date(clock.nowMs()) },
    });
    if (count === 0) {
      const message = 'Its rates are a version of the deck by now. Discard that version instead.';
      throw new AppError('CONFLICT', message);
    }
    if (row.state === 'discarded') return row.id;
    const deck = await tx.rateDeck.findUniqueOrThrow({ where: { id: row.deckId } });
    await recordAudit(tx, context, {
      verb: 'deckImports.discard',
      objectKind: 'deck_import',
      objectId: row.id,
      accountId: deck.accountId,
      detail: { deckId: row.deckId },
    });
    return row.id;
  });
  await blobs().delete(importKey(id));
}
