import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { readSettings } from './internal/settings';
import type { WireRecordingSettings } from './schemas';

/**
 * How a tenant's calls are recorded, and the room that its recordings take; `canRecord`: whether this
 * installation's media can be.
 */
export async function getRecordingSettings(
  context: ServiceContext,
  tenantId: string,
  canRecord: boolean,
): Promise<WireRecordingSettings> {
  authorize(context, 'tenants.read');
  const { settings } = await readSettings(context.database.prisma, context, tenantId);
  return { available: canRecord, ...settings };
}
