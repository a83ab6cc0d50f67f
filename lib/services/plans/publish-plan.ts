import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getPlan } from './get-plan';
import { lockPlan, toVersionColumns } from './internal/view';
import { type PublishPlanInput, publishPlanSchema, type WirePlan } from './schemas';

/** Publishes a plan with these terms as its next version; who has it already keeps theirs. */
export async function publishPlan(
  context: ServiceContext,
  planId: string,
  input: PublishPlanInput,
): Promise<WirePlan> {
  authorize(context, 'plans.write');
  const terms = parseInput(publishPlanSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const plan = await lockPlan(tx, context, planId);
    if (plan.status === 'retired') {
      throw new AppError('CONFLICT', 'A retired plan is not sold again: create a new one.');
    }
    const account = await tx.account.findUniqueOrThrow({ where: { id: plan.accountId } });
    const id = newId(context.clock.nowMs());
    const version = Math.max(0, ...plan.versions.map((one) => one.version)) + 1;
    const columns = toVersionColumns(terms, account.currency);
    await tx.planVersion.create({ data: { id, planId: plan.id, version, ...columns } });
    await tx.plan.update({
      where: { id: plan.id },
      data: { status: 'active', activeVersionId: id },
    });
    await recordAudit(tx, context, {
      verb: 'plans.publish',
      objectKind: 'plan',
      objectId: plan.id,
      accountId: plan.accountId,
      detail: { version, price: terms.pricePerPeriod, extensions: terms.extensions },
    });
  });
  return await getPlan(context, planId);
}
