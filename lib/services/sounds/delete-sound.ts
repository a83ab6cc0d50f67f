import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findSound, noteAnnouncements, soundKey } from './internal/view';

/** Removes a sound: where it was heard, what is built in is heard again. */
export async function deleteSound(
  context: ServiceContext,
  soundId: string,
  blobs: () => BlobStore = blobStore,
): Promise<void> {
  authorize(context, 'sounds.write');
  const gone = await context.database.prisma.$transaction(async (tx) => {
    const sound = await findSound(tx, context, soundId);
    await tx.sound.delete({ where: { id: sound.id } });
    if (sound.replaces !== null) await noteAnnouncements(tx, sound.accountId);
    await recordAudit(tx, context, {
      verb: 'sounds.delete',
      objectKind: 'sound',
      objectId: sound.id,
      accountId: sound.accountId,
      detail: { name: sound.name },
    });
    return sound.id;
  });
  await blobs().delete(soundKey(gone));
}
