import { buffer } from 'node:stream/consumers';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { soundKey } from './internal/view';

/** The file of a sound, for the switch, which knows of it by its configuration. Throws NOT_FOUND. */
export async function loadSound(
  soundId: string,
  blobs: () => BlobStore = blobStore,
): Promise<Buffer> {
  const { stream } = await blobs().read(soundKey(soundId));
  return await buffer(stream);
}
