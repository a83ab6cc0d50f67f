import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findBlock, toWireBlocks } from './internal/block-view';
import type { WireFraudBlock } from './schemas';

/** One block of the caller's subtree, also one that was released. Throws NOT_FOUND. */
export async function getFraudBlock(
  context: ServiceContext,
  blockId: string,
): Promise<WireFraudBlock> {
  authorize(context, 'fraud.read');
  const row = await findBlock(context.database.prisma, context, blockId);
  const [view] = await toWireBlocks(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
