import type { z } from 'zod';
import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import { type Page, pageQuerySchema } from '@/lib/services/wire/schemas';
import { registrationEventSchema, type WireRegistrationEvent } from './schemas';

/** When the phones of an extension came and were lost, the latest first. NOT_FOUND outside the subtree. */
export async function listRegistrationEvents(
  context: ServiceContext,
  extensionId: string,
  input: z.input<typeof pageQuerySchema> = {},
): Promise<Page<WireRegistrationEvent>> {
  authorize(context, 'extensions.read');
  const { cursor, limit } = parseInput(pageQuerySchema, input);
  const { prisma } = context.database;
  const extension = isUuid(extensionId)
    ? await prisma.extension.findFirst({
        where: { id: extensionId, tenant: { account: inSubtree(context.actor) } },
        select: { id: true },
      })
    : null;
  if (extension === null) throw notFound('extension');
  const rows = await prisma.registrationEvent.findMany({
    where: {
      extensionId: extension.id,
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, {
    keyOf: (row) => [row.id],
    toItem: ({ id, at, cause, userAgent, address, port, transport }) =>
      registrationEventSchema.parse({
        id,
        at: at.toISOString(),
        cause,
        userAgent,
        address,
        port,
        transport,
      }),
  });
}
