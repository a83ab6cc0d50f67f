import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { getPlan } from './get-plan';
import { lockPlan } from './internal/view';
import type { WirePlan } from './schemas';

/** Takes a plan off sale for good; subscriptions to it run on. */
export async function retirePlan(context: ServiceContext, planId: string): Promise<WirePlan> {
  authorize(context, 'plans.write');
  await context.database.prisma.$transaction(async (tx) => {
    const plan = await lockPlan(tx, context, planId);
    await tx.plan.update({ where: { id: plan.id }, data: { status: 'retired' } });
    await recordAudit(tx, context, {
      verb: 'plans.retire',
      objectKind: 'plan',
      objectId: plan.id,
      accountId: plan.accountId,
    });
  });
  return await getPlan(context, planId);
}
