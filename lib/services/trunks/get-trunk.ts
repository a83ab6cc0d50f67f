import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findTrunk, toWireTrunks } from './internal/view';
import type { WireTrunk } from './schemas';

/** One trunk. */
export async function getTrunk(context: ServiceContext, trunkId: string): Promise<WireTrunk> {
  authorize(context, 'trunks.read');
  const row = await findTrunk(context.database.prisma, context, trunkId);
  const [view] = await toWireTrunks(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
