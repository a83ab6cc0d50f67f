import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { tenantInclude, toWireTenants } from './internal/view';
import { type ListTenantsInput, listTenantsSchema, type WireTenant } from './schemas';

/** The tenants of the caller's subtree by domain. */
export async function listTenants(
  context: ServiceContext,
  input: ListTenantsInput = {},
): Promise<Page<WireTenant>> {
  authorize(context, 'tenants.read');
  const { cursor, limit, ...query } = parseInput(listTenantsSchema, input);
  const and: Prisma.TenantWhereInput[] = [];
  if (query.accountId) and.push({ accountId: query.accountId });
  if (query.state) and.push({ status: query.state });
  if (query.search) and.push({ domain: { contains: query.search.toLowerCase() } });
  if (cursor) and.push({ domain: { gt: decodeCursor(cursor, 1)[0] ?? '' } });
  const rows = await context.database.prisma.tenant.findMany({
    where: { account: inSubtree(context.actor), AND: and },
    include: tenantInclude,
    orderBy: { domain: 'asc' },
    take: limit + 1,
  });
  const views = await toWireTenants(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.domain], toItem: (view) => view });
}
