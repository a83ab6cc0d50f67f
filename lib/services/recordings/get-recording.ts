import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findRecording, toWireRecording } from './internal/view';
import type { WireRecording } from './schemas';

/** What is known of a recording of the caller's account. Throws NOT_FOUND for any other. */
export async function getRecording(
  context: ServiceContext,
  recordingId: string,
): Promise<WireRecording> {
  authorize(context, 'recordings.read');
  return toWireRecording(await findRecording(context.database.prisma, context, recordingId));
}
