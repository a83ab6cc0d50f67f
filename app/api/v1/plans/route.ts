import { createPlan } from '@/lib/services/plans/create-plan';
import { listPlans } from '@/lib/services/plans/list-plans';
import {
  createPlanSchema,
  listPlansSchema,
  planPageSchema,
  planSchema,
} from '@/lib/services/plans/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List plans that you sell, or that are offered to you',
  permission: 'plans.read',
  query: listPlansSchema,
  response: planPageSchema,
})(({ context, input }) => listPlans(context, input.query));

export const POST = route({
  summary: 'Create a plan',
  permission: 'plans.write',
  body: createPlanSchema,
  response: planSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['CONFLICT'],
})(async ({ context, input }) => {
  const plan = await createPlan(context, input.body);
  return created(plan, `/api/v1/plans/${plan.id}`);
});
