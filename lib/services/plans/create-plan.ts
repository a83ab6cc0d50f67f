import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import { refuseConflicts } from '@/lib/services/conflicts';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getPlan } from './get-plan';
import { toVersionColumns } from './internal/view';
import { type CreatePlanInput, createPlanSchema, type WirePlan } from './schemas';

/** Creates a plan to be sold to the caller's children, as a draft or published at once. */
export async function createPlan(
  context: ServiceContext,
  input: CreatePlanInput,
): Promise<WirePlan> {
  authorize(context, 'plans.write');
  const { name, publish, ...terms } = parseInput(createPlanSchema, input);
  const { accountId } = context.actor;
  const id = newId(context.clock.nowMs());
  await refuseConflicts({ taken: `There is a plan "${name}" already.` }, () =>
    context.database.prisma.$transaction(async (tx) => {
      const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
      const versionId = newId(context.clock.nowMs());
      const columns = toVersionColumns(terms, account.currency);
      await tx.plan.create({
        data: {
          id,
          accountId,
          name,
          versions: { create: { id: versionId, version: 1, ...columns } },
        },
      });
      if (publish) {
        await tx.plan.update({
          where: { id },
          data: { status: 'active', activeVersionId: versionId },
        });
      }
      await recordAudit(tx, context, {
        verb: 'plans.create',
        objectKind: 'plan',
        objectId: id,
        accountId,
        detail: { publish, price: terms.pricePerPeriod, extensions: terms.extensions },
      });
    }),
  );
  return await getPlan(context, id);
}
