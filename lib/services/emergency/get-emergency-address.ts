import { assert } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findLocation, toWireLocations } from './internal/view';
import type { WireEmergencyAddress } from './schemas';

/** One emergency address of the caller's subtree. */
export async function getEmergencyAddress(
  context: ServiceContext,
  addressId: string,
): Promise<WireEmergencyAddress> {
  authorize(context, 'emergency.read');
  const { prisma } = context.database;
  const [view] = await toWireLocations(prisma, [await findLocation(prisma, context, addressId)]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
