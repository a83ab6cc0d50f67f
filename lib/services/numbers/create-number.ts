import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getNumber } from './get-number';
import { type CreateNumberInput, createNumberSchema, type WireNumber } from './schemas';

/** Adds a number to the stock: the operator alone says which numbers reach this switch. */
export async function createNumber(
  context: ServiceContext,
  input: CreateNumberInput,
): Promise<WireNumber> {
  authorize(context, 'numbers.write');
  const { actor } = context;
  if (actor.kind !== 'system' && actor.accountKind !== 'operator') {
    throw new AppError('FORBIDDEN', 'Numbers are added by the operator.');
  }
  const data = parseInput(createNumberSchema, input);
  const id = newId(context.clock.nowMs());
  await refuseConflicts({ taken: `${data.e164} is known already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const account = await findAccount(tx, context, data.accountId ?? actor.accountId);
      await tx.phoneNumber.create({
        data: { id, accountId: account.id, e164: data.e164, state: data.state },
      });
      await recordAudit(tx, context, {
        verb: 'numbers.create',
        objectKind: 'phone_number',
        objectId: id,
        accountId: account.id,
        detail: { state: data.state },
      });
    }),
  );
  return await getNumber(context, id);
}
