import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { Actor, ServiceContext } from '@/lib/services/context';
import type { WireRecording } from '@/lib/services/recordings/schemas';
import type { Prisma } from '@/prisma/generated/client';

/** What is read of a recording for people; its sound and its picture are read by themselves. */
export const recordingSelect = {
  id: true,
  callId: true,
  accountId: true,
  tenantId: true,
  fromExtensionId: true,
  toExtensionId: true,
  consent: true,
  automatic: true,
  state: true,
  format: true,
  sealed: true,
  startedAt: true,
  endedAt: true,
  durationMs: true,
  bytes: true,
  incomplete: true,
  blobKey: true,
  expiresAt: true,
} satisfies Prisma.RecordingSelect;

export type RecordingRow = Prisma.RecordingGetPayload<{ select: typeof recordingSelect }>;

/**
 * Whose recordings somebody may know of: the own account's alone. What people say is nobody's who
 * sells to them, the operator's neither.
 */
export function ownRecordings(actor: Actor): Prisma.RecordingWhereInput {
  return actor.kind === 'system' ? {} : { accountId: actor.accountId };
}

/** A recording of the caller's account. Throws NOT_FOUND for any other. */
export async function findRecording(
  tx: Tx,
  { actor }: ServiceContext,
  recordingId: string,
): Promise<RecordingRow> {
  const row = isUuid(recordingId)
    ? await tx.recording.findFirst({
        where: { id: recordingId, AND: [ownRecordings(actor)] },
        select: recordingSelect,
      })
    : null;
  if (row === null) throw notFound('recording');
  return row;
}

export function toWireRecording(row: RecordingRow): WireRecording {
  return {
    id: row.id,
    callId: row.callId,
    tenantId: row.tenantId,
    fromExtensionId: row.fromExtensionId,
    toExtensionId: row.toExtensionId,
    consent: row.consent,
    automatic: row.automatic,
    state: row.state,
    format: row.format,
    encrypted: row.sealed,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    durationMs: row.durationMs,
    bytes: row.bytes === null ? null : Number(row.bytes),
    incomplete: row.incomplete,
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}
