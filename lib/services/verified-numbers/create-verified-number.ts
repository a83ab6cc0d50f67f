import { AppError, assert } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { findVerified, toWireVerified } from './internal/view';
import {
  type CreateVerifiedNumberInput,
  createVerifiedNumberSchema,
  type WireVerifiedNumber,
} from './schemas';

/**
 * Confirms that somebody else's number is a tenant's own to show, by the word of whoever sells to it.
 * Throws FORBIDDEN for the caller's own tenants unless the caller is the operator, CONFLICT where the
 * number is one of this house: those are owned or not.
 */
export async function createVerifiedNumber(
  context: ServiceContext,
  input: CreateVerifiedNumberInput,
): Promise<WireVerifiedNumber> {
  authorize(context, 'numbers.verify');
  const { tenantId, e164, reason } = parseInput(createVerifiedNumberSchema, input);
  const id = newId(context.clock.nowMs());
  const taken = `${e164} is proven for this tenant already.`;
  const row = await refuseConflicts({ taken }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const { accountId } = await requireTenant(tx, context, tenantId);
      if (await tx.phoneNumber.findUnique({ where: { e164 } })) {
        throw new AppError('CONFLICT', `${e164} is a number of this house: assign it instead.`);
      }
      await tx.verifiedNumber.create({ data: { id, accountId, tenantId, e164, reason } });
      await recordAudit(tx, context, {
        verb: 'numbers.verify',
        objectKind: 'verified_number',
        objectId: id,
        accountId,
        detail: { tenantId, reason },
      });
      return await findVerified(tx, context, id);
    }),
  );
  const [view] = await toWireVerified(context, [row]);
  assert(view !== undefined, 'a row has a view');
  return view;
}

/** Nobody proves a number to themselves. */
async function requireTenant(tx: Tx, { actor }: ServiceContext, tenantId: string) {
  const tenant = isUuid(tenantId)
    ? await tx.tenant.findFirst({ where: { id: tenantId, account: inSubtree(actor) } })
    : null;
  if (tenant === null) throw notFound('tenant');
  const isOwn = actor.kind !== 'system' && tenant.accountId === actor.accountId;
  if (isOwn && actor.accountKind !== 'operator') {
    throw new AppError('FORBIDDEN', 'Only whoever sells to you may confirm your numbers.');
  }
  return tenant;
}
