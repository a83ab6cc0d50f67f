import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { managedPlans, planInclude, toWirePlan } from './internal/view';
import type { WirePlan } from './schemas';

/** A plan that the caller sells, or that its seller offers. */
export async function getPlan(context: ServiceContext, planId: string): Promise<WirePlan> {
  authorize(context, 'plans.read');
  const { actor, database } = context;
  const row = isUuid(planId)
    ? await database.prisma.plan.findFirst({
        where: {
          id: planId,
          OR: [
            managedPlans(actor),
            { status: 'active', account: { children: { some: { id: actor.accountId } } } },
          ],
        },
        include: planInclude,
      })
    : null;
  if (row === null) throw notFound('plan');
  return toWirePlan(actor, row);
}
