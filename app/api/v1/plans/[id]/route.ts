import { z } from 'zod';
import { getPlan } from '@/lib/services/plans/get-plan';
import { retirePlan } from '@/lib/services/plans/retire-plan';
import { planSchema } from '@/lib/services/plans/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a plan',
  permission: 'plans.read',
  params,
  response: planSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getPlan(context, input.params.id));

export const DELETE = route({
  summary: 'Take a plan off sale; subscriptions to it run on',
  permission: 'plans.write',
  params,
  response: planSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => retirePlan(context, input.params.id));
