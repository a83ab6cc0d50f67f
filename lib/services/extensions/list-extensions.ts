import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { extensionInclude, toWireExtensions } from './internal/view';
import { type ListExtensionsInput, listExtensionsSchema, type WireExtension } from './schemas';

/** The extensions of the caller's subtree by tenant and number, each with where it is registered. */
export async function listExtensions(
  context: ServiceContext,
  input: ListExtensionsInput = {},
): Promise<Page<WireExtension>> {
  authorize(context, 'extensions.read');
  const { cursor, limit, search, accountId, ...query } = parseInput(listExtensionsSchema, input);
  const and: Prisma.ExtensionWhereInput[] = [];
  if (query.tenantId) and.push({ tenantId: query.tenantId });
  if (query.subscriptionId) and.push({ subscriptionId: query.subscriptionId });
  if (query.state) and.push({ status: query.state });
  if (accountId) and.push({ tenant: { accountId } });
  if (search) {
    and.push({
      OR: [{ number: { startsWith: search } }, { name: { contains: search, mode: 'insensitive' } }],
    });
  }
  if (cursor) {
    const [tenantId = '', number = ''] = decodeCursor(cursor, 2);
    and.push({ OR: [{ tenantId: { gt: tenantId } }, { tenantId, number: { gt: number } }] });
  }
  const rows = await context.database.prisma.extension.findMany({
    where: { tenant: { account: inSubtree(context.actor) }, AND: and },
    include: extensionInclude,
    orderBy: [{ tenantId: 'asc' }, { number: 'asc' }],
    take: limit + 1,
  });
  const views = await toWireExtensions(context, rows);
  return toPage(views, limit, {
    keyOf: (view) => [view.tenantId, view.number],
    toItem: (view) => view,
  });
}
