import type { Readable } from 'node:stream';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findSound, soundKey } from './internal/view';

/** A sound's file, to be heard. */
export async function openSound(
  context: ServiceContext,
  soundId: string,
  blobs: () => BlobStore = blobStore,
): Promise<{ readonly bytes: number; readonly stream: Readable }> {
  authorize(context, 'sounds.read');
  const sound = await findSound(context.database.prisma, context, soundId);
  return await blobs().read(soundKey(sound.id));
}
