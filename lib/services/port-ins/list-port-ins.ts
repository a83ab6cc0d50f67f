import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { portInInclude, toPortInLine, visiblePortIns } from './internal/view';
import { type ListPortInsInput, listPortInsSchema, type PortInLine } from './schemas';

/** The port-ins that the caller may see, the newest first. */
export async function listPortIns(
  context: ServiceContext,
  input: ListPortInsInput = {},
): Promise<Page<PortInLine>> {
  authorize(context, 'portIns.read');
  const { cursor, limit, state, accountId } = parseInput(listPortInsSchema, input);
  const before = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
  const rows = await context.database.prisma.portIn.findMany({
    where: {
      AND: [visiblePortIns(context)],
      ...(state ? { state } : {}),
      ...(accountId ? { accountId } : {}),
      ...(before ? { id: { lt: before } } : {}),
    },
    include: portInInclude,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, {
    keyOf: (row) => [row.id],
    toItem: (row) => toPortInLine(context, row),
  });
}
