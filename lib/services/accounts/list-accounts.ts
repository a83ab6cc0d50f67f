import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { accountInclude, toWireAccounts } from './internal/view';
import { type ListAccountsInput, listAccountsSchema, type WireAccount } from './schemas';

/** The accounts of the caller's subtree, its own included, by name. */
export async function listAccounts(
  context: ServiceContext,
  input: ListAccountsInput = {},
): Promise<Page<WireAccount>> {
  authorize(context, 'accounts.read');
  const { cursor, limit, ...query } = parseInput(listAccountsSchema, input);
  const and: Prisma.AccountWhereInput[] = [inSubtree(context.actor)];
  if (query.parentId) and.push({ parentId: query.parentId });
  if (query.kind) and.push({ kind: query.kind });
  if (query.state) and.push({ status: query.state });
  if (query.search) and.push({ name: { contains: query.search, mode: 'insensitive' } });
  if (cursor) {
    const [name = '', id = ''] = decodeCursor(cursor, 2);
    and.push({ OR: [{ name: { gt: name } }, { name, id: { gt: id } }] });
  }
  const rows = await context.database.prisma.account.findMany({
    where: { AND: and },
    include: accountInclude,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  const views = await toWireAccounts(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.name, view.id], toItem: (view) => view });
}
