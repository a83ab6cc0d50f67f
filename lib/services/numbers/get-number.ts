import { assert } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { numberInclude, toWireNumbers } from './internal/view';
import type { WireNumber } from './schemas';

/** One number of the caller's subtree. */
export async function getNumber(context: ServiceContext, numberId: string): Promise<WireNumber> {
  authorize(context, 'numbers.read');
  const row = isUuid(numberId)
    ? await context.database.prisma.phoneNumber.findFirst({
        where: { id: numberId, account: inSubtree(context.actor) },
        include: numberInclude,
      })
    : null;
  if (row === null) throw notFound('number');
  const [view] = await toWireNumbers(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
