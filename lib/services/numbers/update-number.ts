import { AppError } from '@/lib/core/errors';
import { withoutAbsent } from '@/lib/core/without-absent';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getNumber } from './get-number';
import { ageNumber } from './internal/age-number';
import { moveNumber, NOWHERE, type NumberPlace } from './internal/move-number';
import { requireCarrier, requireOperator } from './internal/stock';
import { findNumber, numberInclude } from './internal/view';
import { isBound } from './rules';
import { type UpdateNumberInput, updateNumberSchema, type WireNumber } from './schemas';

/**
 * Changes whose a number is, the state it is in, or what it is known and priced by (that is the
 * operator's to say). Putting it into service is `assignNumber`'s;
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
  const { accountId, state: wanted, ...facts } = data;
  if (Object.values(facts).some((fact) => fact !== undefined)) requireOperator(context);
  await context.database.prisma.$transaction(async (tx) => {
    const number = await findNumber(tx, context, numberId);
    const owner = accountId ? await findAccount(tx, context, accountId) : null;
    const moves = owner !== null && owner.id !== number.accountId;
    const to = wanted ?? (moves && isBound(number.state) ? 'available' : number.state);
    if (isBound(to) && (moves || number.tenantId === null)) {
      throw new AppError('CONFLICT', 'A number goes into service by assigning it to a tenant.');
    }
    if (facts.carrierId) await requireCarrier(tx, facts.carrierId);
    const known = withoutAbsent(facts);
    const described = await tx.phoneNumber.update({
      where: { id: number.id },
      data: known,
      include: numberInclude,
    });
    if (to === 'aging' && number.state !== 'aging' && owner === null) {
      await ageNumber(tx, context, { number: described, verb: 'numbers.update' });
      return;
    }
    await moveNumber(tx, context, {
      number: described,
      to,
      accountId: owner?.id ?? number.accountId,
      place: isBound(to) ? placeOf(number) : NOWHERE,
      heldUntil: to === number.state ? number.heldUntil : null,
      reservedForId: to === 'reserved' && !moves ? number.reservedForId : null,
      audit: { verb: 'numbers.update', detail: known },
    });
  });
  return await getNumber(context, numberId);
}

const placeOf = ({ tenantId, extensionId, trunkId }: NumberPlace): NumberPlace => ({
  tenantId,
  extensionId,
  trunkId,
});
