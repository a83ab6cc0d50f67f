import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireVerified, verifiedInclude } from './internal/view';
import {
  type ListVerifiedNumbersInput,
  listVerifiedNumbersSchema,
  type WireVerifiedNumber,
} from './schemas';

/** Numbers that tenants of the caller's subtree have proven to be theirs, the latest first. */
export async function listVerifiedNumbers(
  context: ServiceContext,
  input: ListVerifiedNumbersInput = {},
): Promise<Page<WireVerifiedNumber>> {
  authorize(context, 'numbers.read');
  const { cursor, limit, tenantId } = parseInput(listVerifiedNumbersSchema, input);
  const rows = await context.database.prisma.verifiedNumber.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(tenantId ? { tenantId } : {}),
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    include: verifiedInclude,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const views = await toWireVerified(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.id], toItem: (view) => view });
}
