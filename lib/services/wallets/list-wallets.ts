import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireWallet, visibleWallets } from './internal/view';
import { type ListWalletsInput, listWalletsSchema, type WireWallet } from './schemas';

/** The caller's own wallets and those of its direct buyers (the operator: all), oldest first. */
export async function listWallets(
  context: ServiceContext,
  input: ListWalletsInput = {},
): Promise<Page<WireWallet>> {
  authorize(context, 'wallets.read');
  const { cursor, limit, accountId } = parseInput(listWalletsSchema, input);
  const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  if (after !== undefined && !isUuid(after)) {
    throw new AppError('INVALID_INPUT', 'The cursor is not one of this list.');
  }
  const rows = await context.database.prisma.wallet.findMany({
    where: {
      AND: [visibleWallets(context.actor)],
      ...(accountId === undefined ? {} : { accountId }),
      ...(after === undefined ? {} : { id: { gt: after } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return toPage(rows, limit, { keyOf: (row) => [row.id], toItem: toWireWallet });
}
