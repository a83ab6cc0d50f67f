import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireKey } from './internal/view';
import type { ListApiKeysInput, WireApiKey } from './schemas';

/** The keys of the caller's account, the newest first. */
export async function listApiKeys(
  context: ServiceContext,
  input: ListApiKeysInput,
): Promise<Page<WireApiKey>> {
  authorize(context, 'apiKeys.read');
  const { actor, clock, database } = context;
  const [before] = input.cursor === undefined ? [] : decodeCursor(input.cursor, 1);
  const rows = await database.prisma.apiKey.findMany({
    where: {
      accountId: actor.accountId,
      ...(input.revoked ? {} : { revokedAt: null }),
      ...(before !== undefined && isUuid(before) ? { id: { lt: before } } : {}),
    },
    orderBy: { id: 'desc' },
    take: input.limit + 1,
  });
  return toPage(rows, input.limit, {
    keyOf: (row) => [row.id],
    toItem: (row) => toWireKey(row, clock.nowMs()),
  });
}

/** One key of the caller's account. Throws NOT_FOUND. */
export async function getApiKey(context: ServiceContext, keyId: string): Promise<WireApiKey> {
  authorize(context, 'apiKeys.read');
  const { actor, clock, database } = context;
  const where = { id: keyId, accountId: actor.accountId };
  const row = isUuid(keyId) ? await database.prisma.apiKey.findFirst({ where }) : null;
  if (!row) throw notFound('API key');
  return toWireKey(row, clock.nowMs());
}
