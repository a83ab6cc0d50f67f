import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { readSettings } from './internal/settings';
import type { WireRecordingSettings } from './schemas';

/** How a tenant's calls are recorded, and the room that its recordings take. */
export async function getRecordingSettings(
  context: ServiceContext,
  tenantId: string,
): Promise<WireRecordingSettings> {
  authorize(context, 'tenants.read');
  return (await readSettings(context.database.prisma, context, tenantId)).settings;
}
