import { authorize, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findRecording } from './internal/view';
import type { WireRecordingPeaks } from './schemas';

/** How loud both sides of a recording are, for its picture. Throws NOT_FOUND while it is not ready. */
export async function getPeaks(
  context: ServiceContext,
  recordingId: string,
): Promise<WireRecordingPeaks> {
  authorize(context, 'recordings.play');
  const { prisma } = context.database;
  const { id, durationMs } = await findRecording(prisma, context, recordingId);
  const row = await prisma.recording.findUnique({ where: { id }, select: { peaks: true } });
  const peaks = row?.peaks ?? null;
  if (peaks === null || durationMs === null) throw notFound('recording');
  const points = peaks.length / 2;
  return { durationMs, caller: [...peaks.slice(0, points)], callee: [...peaks.slice(points)] };
}
