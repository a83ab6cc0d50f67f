import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { toWireSound } from './internal/view';
import { type ListSoundsInput, listSoundsSchema, type WireSound } from './schemas';

/** An account's sounds by name; of another account only below the caller's. */
export async function listSounds(
  context: ServiceContext,
  input: ListSoundsInput = {},
): Promise<Page<WireSound>> {
  authorize(context, 'sounds.read');
  const { actor, database } = context;
  const { cursor, limit, accountId, kind } = parseInput(listSoundsSchema, input);
  const [afterName = '', afterId = ''] = cursor ? decodeCursor(cursor, 2) : [];
  const rows = await database.prisma.sound.findMany({
    where: {
      AND: [
        { account: inSubtree(actor), accountId: accountId ?? actor.accountId },
        kind ? { kind } : {},
        cursor
          ? { OR: [{ name: { gt: afterName } }, { name: afterName, id: { gt: afterId } }] }
          : {},
      ],
    },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, { keyOf: ({ name, id }) => [name, id], toItem: toWireSound });
}
