import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getNumber } from './get-number';
import { findNumber } from './internal/view';
import { checkTransition, isBound } from './rules';
import { type UpdateNumberInput, updateNumberSchema, type WireNumber } from './schemas';

/**
 * Changes whose a number is or the state it is in. Putting it into service is `assignNumber`'s;
 * whatever takes it out of service here unbinds it. Customers can't: they assign.
 */
export async function updateNumber(
  context: ServiceContext,
  numberId: string,
  input: UpdateNumberInput,
): Promise<WireNumber> {
  authorize(context, 'numbers.write');
  const { actor } = context;
  if (actor.kind !== 'system' && actor.accountKind === 'customer') {
    throw new AppError('FORBIDDEN', 'Whose a number is and its state are set by who provides it.');
  }
  const data = parseInput(updateNumberSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const number = await findNumber(tx, context, numberId);
    const owner = data.accountId ? await findAccount(tx, context, data.accountId) : null;
    const moves = owner !== null && owner.id !== number.accountId;
    const state = data.state ?? (moves && isBound(number.state) ? 'available' : number.state);
    checkTransition(number.state, state);
    if (isBound(state) && (moves || number.tenantId === null)) {
      throw new AppError('CONFLICT', 'A number goes into service by assigning it to a tenant.');
    }
    const unbinds = !isBound(state);
    if (unbinds) {
      await tx.extension.updateMany({
        where: { callerNumberId: number.id },
        data: { callerNumberId: null },
      });
    }
    await tx.phoneNumber.update({
      where: { id: number.id },
      data: {
        state,
        ...(owner ? { accountId: owner.id } : {}),
        ...(unbinds ? { tenantId: null, extensionId: null, trunkId: null } : {}),
      },
    });
    await recordAudit(tx, context, {
      verb: 'numbers.update',
      objectKind: 'phone_number',
      objectId: number.id,
      accountId: owner?.id ?? number.accountId,
      detail: { from: number.state, to: state, fromAccountId: number.accountId },
    });
  });
  return await getNumber(context, numberId);
}
