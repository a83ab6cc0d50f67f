import type { Readable } from 'node:stream';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findRecording } from './internal/view';
import { type ByteRange, readRange } from './rules';

/** Players ask for a file piece by piece: what one person hears within this is one hearing. */
const SAME_HEARING_MS = 10 * 60_000;

const TYPES = { wav: 'audio/wav', opus: 'audio/ogg; codecs=opus' } as const;

/** A recording's sound, or a part of it. */
export interface RecordingAudio {
  readonly contentType: string;
  readonly fileName: string;
  /** Of the whole. */
  readonly bytes: number;
  /** What is sent of it; null: all. */
  readonly range: ByteRange | null;
  readonly stream: Readable;
}

/** What is wanted of a recording's sound. */
export interface AudioWish {
  /** A Range header as it came. */
  readonly range: string | null;
  /** As a file to keep, which takes another permission. */
  readonly isDownload: boolean;
}

/**
 * The sound of a recording of the caller's account; who hears or keeps it is on record. Throws
 * NOT_FOUND while it is not ready, INVALID_INPUT for a range that lies outside.
 */
export async function openAudio(
  context: ServiceContext,
  asked: AudioWish & { readonly recordingId: string },
  blobs: () => BlobStore = blobStore,
): Promise<RecordingAudio> {
  const { isDownload, recordingId } = asked;
  authorize(context, isDownload ? 'recordings.download' : 'recordings.play');
  const row = await findRecording(context.database.prisma, context, recordingId);
  const { blobKey, bytes: size } = row;
  if (row.state !== 'ready' || blobKey === null || size === null) throw notFound('recording');
  const bytes = Number(size);
  const range = readRange(asked.range, bytes);
  const { stream } = await blobs().read(blobKey, range ?? undefined);
  try {
    await noteHearing(context, { id: row.id, accountId: row.accountId, isDownload });
  } catch (error) {
    stream.destroy();
    throw error;
  }
  return {
    contentType: TYPES[row.format],
    fileName: `call-${row.callId}.${row.format === 'wav' ? 'wav' : 'ogg'}`,
    ...{ bytes, range, stream },
  };
}

async function noteHearing(
  context: ServiceContext,
  heard: { readonly id: string; readonly accountId: string; readonly isDownload: boolean },
): Promise<void> {
  const verb = heard.isDownload ? 'recordings.download' : 'recordings.play';
  const { actor, clock, database } = context;
  const since = new Date(clock.nowMs() - SAME_HEARING_MS);
  await database.prisma.$transaction(async (tx) => {
    const before = await tx.auditEntry.findFirst({
      where: {
        objectId: heard.id,
        verb,
        actorId: actor.id,
        behindId: actor.behindId,
        at: { gt: since },
      },
      select: { id: true },
    });
    if (before !== null) return;
    await recordAudit(tx, context, {
      verb,
      objectKind: 'recording',
      objectId: heard.id,
      accountId: heard.accountId,
    });
  });
}
