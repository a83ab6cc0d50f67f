import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { WireTenant } from '@/lib/services/tenants/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const tenantInclude = {
  _count: { select: { extensions: true } },
} satisfies Prisma.TenantInclude;

export type TenantRow = Prisma.TenantGetPayload<{ include: typeof tenantInclude }>;

/** A tenant in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findTenant(
  tx: Tx,
  { actor }: ServiceContext,
  tenantId: string,
): Promise<TenantRow> {
  const row = isUuid(tenantId)
    ? await tx.tenant.findFirst({
        where: { id: tenantId, account: inSubtree(actor) },
        include: tenantInclude,
      })
    : null;
  if (row === null) throw notFound('tenant');
  return row;
}

/** Views of tenants with what the switch has applied of them. */
export async function toWireTenants(
  context: ServiceContext,
  rows: readonly TenantRow[],
): Promise<readonly WireTenant[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'tenant', ids);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    domain: row.domain,
    country: row.country,
    state: row.status,
    allowedDestinations: row.allowedDestinations,
    announceRefusals: row.announceRefusals,
    holdMusic: row.holdMusic,
    callerIdPolicy: row.callerIdPolicy,
    extensionCount: row._count.extensions,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
