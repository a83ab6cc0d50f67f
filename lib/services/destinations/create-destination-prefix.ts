import { assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { toWirePrefixes } from './internal/view';
import {
  type CreateDestinationPrefixInput,
  createDestinationPrefixSchema,
  type WireDestinationPrefix,
} from './schemas';

/** Says what kind of number a prefix is, in place of the built-in table. Throws CONFLICT. */
export async function createDestinationPrefix(
  context: ServiceContext,
  input: CreateDestinationPrefixInput,
): Promise<WireDestinationPrefix> {
  authorize(context, 'destinations.write');
  const data = parseInput(createDestinationPrefixSchema, input);
  const id = newId(context.clock.nowMs());
  const { accountId } = context.actor;
  const taken = `The prefix ${data.prefix} has a class already: remove that first.`;
  const row = await refuseConflicts({ taken }, () =>
    context.database.prisma.$transaction(async (tx) => {
      await tx.destinationPrefix.create({ data: { id, accountId, ...data } });
      await recordAudit(tx, context, {
        verb: 'destinations.create',
        objectKind: 'destination_prefix',
        objectId: id,
        accountId,
        detail: { prefix: data.prefix, class: data.class },
      });
      return await tx.destinationPrefix.findUniqueOrThrow({ where: { id } });
    }),
  );
  const [view] = await toWirePrefixes(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}
