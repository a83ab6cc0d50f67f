import { listSubscriptions } from '@/lib/services/subscriptions/list-subscriptions';
import { orderPlan } from '@/lib/services/subscriptions/order-plan';
import {
  listSubscriptionsSchema,
  orderPlanSchema,
  subscriptionPageSchema,
  subscriptionSchema,
} from '@/lib/services/subscriptions/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List subscriptions',
  permission: 'subscriptions.read',
  query: listSubscriptionsSchema,
  response: subscriptionPageSchema,
})(({ context, input }) => listSubscriptions(context, input.query));

/** Idempotent by its own orderKey, which lasts as long as the subscription. */
export const POST = route({
  summary: 'Order a plan: charges it and creates the extensions that it grants',
  permission: 'subscriptions.order',
  body: orderPlanSchema,
  response: subscriptionSchema,
  status: 201,
  errors: ['NOT_FOUND', 'CONFLICT', 'INSUFFICIENT_FUNDS', 'ACCOUNT_SUSPENDED'],
})(async ({ context, input }) => {
  const subscription = await orderPlan(context, input.body);
  return created(subscription, `/api/v1/subscriptions/${subscription.id}`);
});
