import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { convertSound } from './internal/convert';
import { findSound, noteAnnouncements, soundKey, toWireSound } from './internal/view';
import {
  type CreateSoundInput,
  createSoundSchema,
  MAX_ANNOUNCEMENT_SECONDS,
  MAX_FILE_BYTES,
  MAX_MUSIC_SECONDS,
  MAX_SOUNDS,
  type WireSound,
} from './schemas';

/**
 * Keeps an uploaded WAV, FLAC or Opus file as a sound that the switch can play. One that takes the
 * place of words does so at once, and of what took their place before. Throws INVALID_INPUT for a
 * file that can't be used, USAGE_EXCEEDS_LIMIT where the account has too many.
 */
export async function createSound(
  context: ServiceContext,
  input: CreateSoundInput,
  file: { readonly bytes: Buffer; readonly blobs?: () => BlobStore },
): Promise<WireSound> {
  authorize(context, 'sounds.write');
  const { actor, clock, database } = context;
  const { accountId: given, kind, name, replaces = null } = parseInput(createSoundSchema, input);
  const accountId = given ?? actor.accountId;
  const blobs = (file.blobs ?? blobStore)();
  // Whose it is comes first: nobody learns by the time it takes that there is somebody.
  await checkRoom(database.prisma, context, accountId);
  if (file.bytes.length > MAX_FILE_BYTES) {
    throw new AppError('INVALID_INPUT', "The sound can't be used: it is larger than 20 MB.");
  }
  const longest = kind === 'music' ? MAX_MUSIC_SECONDS : MAX_ANNOUNCEMENT_SECONDS;
  const { wav, durationMs } = await convertSound(file.bytes, longest);
  const id = newId(clock.nowMs());
  await blobs.write(soundKey(id), [wav]);
  let gone: readonly string[] = [];
  try {
    gone = await database.prisma.$transaction(async (tx) => {
      await checkRoom(tx, context, accountId);
      const before = await tx.sound.findMany({
        where: { accountId, replaces: replaces ?? '' },
        select: { id: true },
      });
      const ids = before.map((row) => row.id);
      await tx.sound.deleteMany({ where: { id: { in: ids } } });
      const data = { id, accountId, kind, name, replaces, durationMs, bytes: wav.length };
      await tx.sound.create({ data });
      if (replaces !== null) await noteAnnouncements(tx, accountId);
      await recordAudit(tx, context, {
        verb: 'sounds.create',
        objectKind: 'sound',
        objectId: id,
        accountId,
        detail: { kind, replaces, durationMs },
      });
      return ids;
    });
  } catch (error) {
    await blobs.delete(soundKey(id));
    throw error;
  }
  for (const old of gone) await blobs.delete(soundKey(old));
  return toWireSound(await findSound(database.prisma, context, id));
}

async function checkRoom(tx: Tx, context: ServiceContext, accountId: string): Promise<void> {
  const account = await findAccount(tx, context, accountId);
  if ((await tx.sound.count({ where: { accountId: account.id } })) < MAX_SOUNDS) return;
  throw new AppError('USAGE_EXCEEDS_LIMIT', `An account keeps ${MAX_SOUNDS} sounds.`);
}
