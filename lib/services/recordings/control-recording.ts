import type { ControlClient } from '@/lib/control/client';
import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import {
  type ControlRecordingInput,
  controlRecordingSchema,
  type WireLiveRecording,
} from './schemas';

/**
 * Starts, stops, pauses or resumes the recording of a call in progress for the caller's account.
 * Throws NOT_FOUND for a call that none of its extensions is in, FORBIDDEN where its tenant, the other
 * side's or a rule does not let it be recorded, CONFLICT where there is nothing to pause.
 */
export async function controlRecording(
  context: ServiceContext,
  control: ControlClient,
  asked: { readonly callId: string; readonly input: ControlRecordingInput },
): Promise<WireLiveRecording> {
  authorize(context, 'recordings.control');
  const { action } = parseInput(controlRecordingSchema, asked.input);
  const { callId } = asked;
  if (!isUuid(callId)) throw notFound('call');
  const { actor, database } = context;
  const { accountId } = actor;
  const result = await control.send('record', { accountId, callId, action });
  await database.prisma.$transaction((tx) =>
    recordAudit(tx, context, {
      verb: 'recordings.control',
      objectKind: 'call',
      objectId: callId,
      accountId,
      detail: { action },
    }),
  );
  return result;
}
