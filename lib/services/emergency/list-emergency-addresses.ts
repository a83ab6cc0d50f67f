import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { locationInclude, toWireLocations } from './internal/view';
import {
  type ListEmergencyAddressesInput,
  listEmergencyAddressesSchema,
  type WireEmergencyAddress,
} from './schemas';

/** The emergency addresses of the caller's subtree, the oldest first. */
export async function listEmergencyAddresses(
  context: ServiceContext,
  input: ListEmergencyAddressesInput = {},
): Promise<Page<WireEmergencyAddress>> {
  authorize(context, 'emergency.read');
  const { cursor, limit, tenantId, accountId } = parseInput(listEmergencyAddressesSchema, input);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
  const { prisma } = context.database;
  const rows = await prisma.emergencyLocation.findMany({
    where: {
      account: inSubtree(context.actor),
      ...(tenantId ? { tenantId } : {}),
      ...(accountId ? { accountId } : {}),
      ...(after ? { id: { gt: after } } : {}),
    },
    include: locationInclude,
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  const views = await toWireLocations(prisma, rows);
  return toPage(views, limit, { keyOf: (view) => [view.id], toItem: (view) => view });
}
