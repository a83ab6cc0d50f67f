import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { blockInclude, toWireBlocks } from './internal/block-view';
import { type ListFraudBlocksInput, listFraudBlocksSchema, type WireFraudBlock } from './schemas';

/** Who may not call out in the caller's subtree, or was released, the latest first. */
export async function listFraudBlocks(
  context: ServiceContext,
  input: ListFraudBlocksInput = {},
): Promise<Page<WireFraudBlock>> {
  authorize(context, 'fraud.read');
  const { cursor, limit, state, accountId } = parseInput(listFraudBlocksSchema, input);
  const rows = await context.database.prisma.fraudBlock.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(accountId ? { accountId } : {}),
      releasedAt: state === 'standing' ? null : { not: null },
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    include: blockInclude,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const views = await toWireBlocks(context, rows);
  return toPage(views, limit, { keyOf: (view) => [view.id], toItem: (view) => view });
}
