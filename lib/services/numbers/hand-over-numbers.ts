import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { moveNumber, NOWHERE } from './internal/move-number';
import { findNumber, type NumberRow } from './internal/view';
import { type HandedOver, type HandOverInput, handOverSchema } from './schemas';

/**
 * Hands numbers of the caller's stock down the tree, all or none: to a reseller for its stock, or to
 * a customer, who pays for them from then on. What is there already stays. Throws CONFLICT for a
 * number that is not available, and names it.
 */
export async function handOverNumbers(
  context: ServiceContext,
  input: HandOverInput,
): Promise<HandedOver> {
  authorize(context, 'numbers.write');
  const { actor } = context;
  if (actor.kind !== 'system' && actor.accountKind === 'customer') {
    throw new AppError('FORBIDDEN', 'Numbers are handed over by who provides them.');
  }
  const { numberIds, accountId } = parseInput(handOverSchema, input);
  // In one order everywhere, so that two who hand over the same never wait for each other.
  const ids = [...new Set(numberIds)].sort();
  return await context.database.prisma.$transaction(
    async (tx) => {
      const owner = await findAccount(tx, context, accountId);
      // All of them first, then the wallets: an order that holds one of them waits for no wallet of ours.
      const numbers: NumberRow[] = [];
      for (const id of ids) numbers.push(await findNumber(tx, context, id));
      let moved = 0;
      for (const number of numbers) {
        if (number.accountId === owner.id) continue;
        if (number.state !== 'available') {
          throw new AppError('CONFLICT', `${number.e164} is not available: it is ${number.state}.`);
        }
        await moveNumber(tx, context, {
          number,
          to: 'available',
          accountId: owner.id,
          place: NOWHERE,
          audit: { verb: 'numbers.handOver' },
        });
        moved += 1;
      }
      return { moved, unchanged: ids.length - moved };
    },
    { timeout: 60_000 },
  );
}
