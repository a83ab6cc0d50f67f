import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findTenant, toWireTenants } from './internal/view';
import type { WireTenant } from './schemas';

/** One tenant of the caller's subtree. */
export async function getTenant(context: ServiceContext, tenantId: string): Promise<WireTenant> {
  authorize(context, 'tenants.read');
  const row = await findTenant(context.database.prisma, context, tenantId);
  const [view] = await toWireTenants(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
