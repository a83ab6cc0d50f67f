import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { type ListWebhooksInput, listWebhooksSchema, type WireWebhook } from './schemas';
import { toWireWebhook } from './view';

/** The webhooks of the caller's own account, the newest first. */
export async function listWebhooks(
  context: ServiceContext,
  input: ListWebhooksInput = {},
): Promise<Page<WireWebhook>> {
  authorize(context, 'webhooks.read');
  const { cursor, limit } = parseInput(listWebhooksSchema, input);
  const rows = await context.database.prisma.eventSubscription.findMany({
    where: {
      accountId: context.actor.accountId,
      ...(cursor ? { id: { lt: decodeCursor(cursor, 1)[0] ?? '' } } : {}),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, {
    keyOf: (row) => [row.id],
    toItem: toWireWebhook,
  });
}
