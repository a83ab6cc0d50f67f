import { AppError } from '@/lib/core/errors';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { refreshFull } from './internal/room';
import { findRecording } from './internal/view';

/**
 * Deletes a recording of the caller's account for good, its sound first. Throws CONFLICT while the
 * call goes on or its file is being made: nobody would know what becomes of that.
 */
export async function deleteRecording(
  context: ServiceContext,
  recordingId: string,
  blobs: () => BlobStore = blobStore,
): Promise<void> {
  authorize(context, 'recordings.delete');
  const { database } = context;
  const row = await findRecording(database.prisma, context, recordingId);
  if (row.state === 'capturing' || row.state === 'processing') {
    throw new AppError('CONFLICT', 'It is still being made: stop it first, or wait a moment.');
  }
  if (row.blobKey !== null) await blobs().delete(row.blobKey);
  await database.prisma.$transaction(async (tx) => {
    await tx.recording.deleteMany({ where: { id: row.id } });
    await recordAudit(tx, context, {
      verb: 'recordings.delete',
      objectKind: 'recording',
      objectId: row.id,
      accountId: row.accountId,
      detail: { callId: row.callId },
    });
  });
  await refreshFull(database.pool, row.tenantId);
}
