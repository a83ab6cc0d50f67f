import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { numberInclude, toWireNumbers } from './internal/view';
import { type ListNumbersInput, listNumbersSchema, type WireNumber } from './schemas';

/** The numbers of the caller's subtree, in E.164 order. */
export async function listNumbers(
  context: ServiceContext,
  input: ListNumbersInput = {},
): Promise<Page<WireNumber>> {
  authorize(context, 'numbers.read');
  const { cursor, limit, search, ...query } = parseInput(listNumbersSchema, input);
  const and: Prisma.PhoneNumberWhereInput[] = [];
  if (query.accountId) and.push({ accountId: query.accountId });
  if (query.tenantId) and.push({ tenantId: query.tenantId });
  if (query.extensionId) and.push({ extensionId: query.extensionId });
  if (query.trunkId) and.push({ trunkId: query.trunkId });
  if (query.state) and.push({ state: query.state });
  if (query.country) and.push({ country: query.country });
  if (query.kind) and.push({ kind: query.kind });
  if (query.group) and.push({ group: query.group });
  if (search) and.push(matching(search));
  if (cursor) and.push({ e164: { gt: decodeCursor(cursor, 1)[0] ?? '' } });
  const rows = await context.database.prisma.phoneNumber.findMany({
    where: { account: inSubtree(context.actor), AND: and },
    include: numberInclude,
    orderBy: { e164: 'asc' },
    take: limit + 1,
  });
  const views = await toWireNumbers(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.e164], toItem: (view) => view });
}

/** Part of the number however it is written, or of its area. */
function matching(search: string): Prisma.PhoneNumberWhereInput {
  const digits = search.replace(/[\s().\-/]/g, '');
  const area = { area: { contains: search, mode: 'insensitive' as const } };
  return /^\+?\d+$/.test(digits) ? { OR: [{ e164: { contains: digits } }, area] } : area;
}
