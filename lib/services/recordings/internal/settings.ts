import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { WireRecordingSettings } from '@/lib/services/recordings/schemas';

/** A tenant of the caller's subtree and how it is recorded. Throws NOT_FOUND for any other. */
export async function readSettings(
  tx: Tx,
  { actor }: ServiceContext,
  tenantId: string,
): Promise<{
  id: string;
  accountId: string;
  settings: Omit<WireRecordingSettings, 'available'>;
}> {
  const tenant = isUuid(tenantId)
    ? await tx.tenant.findFirst({ where: { id: tenantId, account: inSubtree(actor) } })
    : null;
  if (tenant === null) throw notFound('tenant');
  const used = await tx.recording.aggregate({ where: { tenantId }, _sum: { bytes: true } });
  return {
    id: tenant.id,
    accountId: tenant.accountId,
    settings: {
      consent: tenant.recordingConsent,
      format: tenant.recordingFormat,
      retentionDays: tenant.recordingDays,
      encrypted: tenant.recordingSealed,
      maxBytes: Number(tenant.recordingMaxBytes),
      usedBytes: Number(used._sum.bytes ?? 0),
    },
  };
}
