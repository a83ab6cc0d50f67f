import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { refreshFull } from './internal/room';
import { readSettings } from './internal/settings';
import {
  type SetRecordingSettingsInput,
  setRecordingSettingsSchema,
  type WireRecordingSettings,
} from './schemas';

const CANNOT =
  "Calls can't be recorded here: their audio passes rtpengine, or goes from phone to phone (MEDIA), and not the switch's own relay.";

/**
 * Says how a tenant's calls are recorded from now on; what is left out stays. What was recorded
 * before keeps its format, its encryption and its time. Throws CONFLICT where recording is wanted and
 * this installation's media can't be recorded.
 */
export async function setRecordingSettings(
  context: ServiceContext,
  tenantId: string,
  { input, canRecord }: { readonly input: SetRecordingSettingsInput; readonly canRecord: boolean },
): Promise<WireRecordingSettings> {
  authorize(context, 'tenants.recording');
  const data = parseInput(setRecordingSettingsSchema, input);
  if (!canRecord && data.consent !== undefined && data.consent !== 'off') {
    throw new AppError('CONFLICT', CANNOT);
  }
  const { database } = context;
  await database.prisma.$transaction(async (tx) => {
    const { id, accountId } = await readSettings(tx, context, tenantId);
    await tx.tenant.update({
      where: { id },
      data: {
        ...(data.consent === undefined ? {} : { recordingConsent: data.consent }),
        ...(data.format === undefined ? {} : { recordingFormat: data.format }),
        ...(data.retentionDays === undefined ? {} : { recordingDays: data.retentionDays }),
        ...(data.encrypted === undefined ? {} : { recordingSealed: data.encrypted }),
        ...(data.maxBytes === undefined ? {} : { recordingMaxBytes: BigInt(data.maxBytes) }),
      },
    });
    await recordAudit(tx, context, {
      verb: 'tenants.recording',
      objectKind: 'tenant',
      objectId: id,
      accountId,
      detail: { ...data },
    });
  });
  await refreshFull(database.pool, tenantId);
  const { settings } = await readSettings(database.prisma, context, tenantId);
  return { available: canRecord, ...settings };
}
