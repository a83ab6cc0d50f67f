import { z } from 'zod';
import { getSubscription } from '@/lib/services/subscriptions/get-subscription';
import { subscriptionSchema } from '@/lib/services/subscriptions/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get a subscription and how far the switch has taken it over',
  permission: 'subscriptions.read',
  params: z.object({ id: idSchema }),
  response: subscriptionSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getSubscription(context, input.params.id));
