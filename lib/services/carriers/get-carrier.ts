import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findCarrier, toWireCarriers } from './internal/view';
import type { WireCarrier } from './schemas';

/** One carrier with its trunks. */
export async function getCarrier(context: ServiceContext, carrierId: string): Promise<WireCarrier> {
  authorize(context, 'carriers.read');
  const row = await findCarrier(context.database.prisma, context, carrierId);
  const [view] = await toWireCarriers(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
