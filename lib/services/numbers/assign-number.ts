import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getNumber } from './get-number';
import { findTarget } from './internal/find-target';
import { moveNumber, NOWHERE } from './internal/move-number';
import { findNumber } from './internal/view';
import { type AssignNumberInput, assignNumberSchema, type WireNumber } from './schemas';

/**
 * Puts a number into service at a tenant and an extension or PBX of it, or takes it out. A seller that gives a
 * number to a tenant below it hands it to that tenant's account, which pays for it from then on by the
 * price lists of those above it. Throws INSUFFICIENT_FUNDS where it can't.
 */
export async function assignNumber(
  context: ServiceContext,
  numberId: string,
  input: AssignNumberInput,
): Promise<WireNumber> {
  authorize(context, 'numbers.write');
  const data = parseInput(assignNumberSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const number = await findNumber(tx, context, numberId);
    const to = data.tenantId === null ? 'available' : 'in_service';
    const target =
      data.tenantId === null
        ? { accountId: number.accountId, place: NOWHERE }
        : await findTarget(tx, context, { ...data, tenantId: data.tenantId });
    await moveNumber(tx, context, { number, to, ...target, audit: { verb: 'numbers.assign' } });
  });
  return await getNumber(context, numberId);
}
