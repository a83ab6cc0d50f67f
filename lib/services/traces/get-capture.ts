import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { WireCapture } from './schemas';

/** Whether the signalling of a tenant's calls is kept, and for how long. */
export async function getCapture(context: ServiceContext, tenantId: string): Promise<WireCapture> {
  authorize(context, 'tenants.read');
  const tenant = isUuid(tenantId)
    ? await context.database.prisma.tenant.findFirst({
        where: { id: tenantId, account: inSubtree(context.actor) },
      })
    : null;
  if (tenant === null) throw notFound('tenant');
  return { enabled: tenant.capture, retentionDays: tenant.captureDays };
}
