import { z } from 'zod';
import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import {
  type ListEmergencyCallsInput,
  listEmergencyCallsSchema,
  type WireEmergencyCall,
} from './schemas';

const placeSchema = z.record(z.string(), z.string()).nullable();

/** The calls for help of the caller's subtree, the newest first. */
export async function listEmergencyCalls(
  context: ServiceContext,
  input: ListEmergencyCallsInput = {},
): Promise<Page<WireEmergencyCall>> {
  authorize(context, 'emergency.read');
  const { cursor, limit, tenantId } = parseInput(listEmergencyCallsSchema, input);
  const before = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
  const { prisma } = context.database;
  const accounts = await prisma.account.findMany({
    where: inSubtree(context.actor),
    select: { id: true },
  });
  const rows = await prisma.emergencyCall.findMany({
    where: {
      accountId: { in: accounts.map(({ id }) => id) },
      ...(tenantId ? { tenantId } : {}),
      ...(before ? { id: { lt: before } } : {}),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, {
    keyOf: (row) => [row.id],
    toItem: (row) => ({
      id: row.id,
      accountId: row.accountId,
      tenantId: row.tenantId,
      extensionId: row.extensionId,
      digits: row.digits,
      shownNumber: row.shownNumber,
      location: placeSchema.parse(row.location),
      startedAt: row.startedAt.toISOString(),
      callbackUntil: row.callbackUntil.toISOString(),
    }),
  });
}
