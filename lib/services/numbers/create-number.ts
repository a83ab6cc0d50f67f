import { newId } from '@/lib/core/ids.server';
import { countryOf, isE164 } from '@/lib/core/phone-number';
import { withoutAbsent } from '@/lib/core/without-absent';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getNumber } from './get-number';
import { requireCarrier, requireOperator } from './internal/stock';
import { type CreateNumberInput, createNumberSchema, type WireNumber } from './schemas';

/** Adds a number to the stock: the operator alone says which numbers reach this switch. */
export async function createNumber(
  context: ServiceContext,
  input: CreateNumberInput,
): Promise<WireNumber> {
  authorize(context, 'numbers.write');
  requireOperator(context);
  const { actor } = context;
  const { accountId, e164, state, ...facts } = parseInput(createNumberSchema, input);
  const id = newId(context.clock.nowMs());
  await refuseConflicts({ taken: `${e164} is known already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const account = await findAccount(tx, context, accountId ?? actor.accountId);
      if (facts.carrierId) await requireCarrier(tx, facts.carrierId);
      const country = facts.country ?? (isE164(e164) ? countryOf(e164) : null);
      const known = { ...withoutAbsent(facts), country };
      const row = { id, accountId: account.id, e164, state, ...known };
      await tx.phoneNumber.create({ data: row });
      await recordAudit(tx, context, {
        verb: 'numbers.create',
        objectKind: 'phone_number',
        objectId: id,
        accountId: account.id,
        detail: { state, ...known },
      });
    }),
  );
  return await getNumber(context, id);
}
