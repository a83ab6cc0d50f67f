import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { type SetCaptureInput, setCaptureSchema, type WireCapture } from './schemas';

/**
 * Says whether the signalling of a tenant's calls is kept from now on, and for how many days. What
 * was kept before stays until its own time is over.
 */
export async function setCapture(
  context: ServiceContext,
  tenantId: string,
  input: SetCaptureInput,
): Promise<WireCapture> {
  authorize(context, 'tenants.capture');
  const data = parseInput(setCaptureSchema, input);
  if (!isUuid(tenantId)) throw notFound('tenant');
  return await context.database.prisma.$transaction(async (tx) => {
    const tenant = await tx.tenant.findFirst({
      where: { id: tenantId, account: inSubtree(context.actor) },
    });
    if (tenant === null) throw notFound('tenant');
    const retentionDays = data.retentionDays ?? tenant.captureDays;
    await tx.tenant.update({
      where: { id: tenant.id },
      data: { capture: data.enabled, captureDays: retentionDays },
    });
    await recordAudit(tx, context, {
      verb: 'tenants.capture',
      objectKind: 'tenant',
      objectId: tenant.id,
      accountId: tenant.accountId,
      detail: { enabled: data.enabled, retentionDays },
    });
    return { enabled: data.enabled, retentionDays };
  });
}
