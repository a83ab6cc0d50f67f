import { z } from 'zod';
import { publishPlan } from '@/lib/services/plans/publish-plan';
import { planSchema, publishPlanSchema } from '@/lib/services/plans/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Publish a plan with new terms as its next version',
  permission: 'plans.write',
  params: z.object({ id: idSchema }),
  body: publishPlanSchema,
  response: planSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => publishPlan(context, input.params.id, input.body));
