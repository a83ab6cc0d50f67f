import { z } from 'zod';
import { extensionSchema } from '@/lib/services/extensions/schemas';
import {
  idSchema,
  moneySchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const stateSchema = z.enum(['pending', 'active', 'suspended', 'cancelled']);

export const listSubscriptionsSchema = pageQuerySchema.extend({
  accountId: idSchema.optional(),
  planId: idSchema.optional(),
  state: stateSchema.optional(),
});

export const orderPlanSchema = z.object({
  planId: idSchema,
  /** Whose order it is: the same key never orders twice. A new one for each new wish. */
  orderKey: z.string().trim().min(8).max(200),
  /** For whom; left out: the caller's own account. */
  accountId: idSchema.optional(),
  /** Where its extensions are to be; left out: the account's only tenant. */
  tenantId: idSchema.optional(),
  /** What its first extension is called. */
  extensionName: nameSchema.optional(),
  /** The service's id in the system that bills it. */
  externalId: z.string().trim().min(1).max(200).optional(),
});

export const subscriptionSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  plan: z.object({ id: idSchema, name: z.string(), version: z.number().int() }),
  state: stateSchema,
  orderKey: z.string(),
  externalId: z.string().nullable(),
  pricePerPeriod: moneySchema,
  /** What the order took from the wallet; null where another system bills. */
  charged: moneySchema.nullable(),
  /** How many extensions it grants, and those it has. */
  extensionsGranted: z.number().int(),
  extensions: z.array(extensionSchema),
  startedAt: timestampSchema.nullable(),
  cancelledAt: timestampSchema.nullable(),
  createdAt: timestampSchema,
  /** The newest generation of what it provisions; live when the status says so. */
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const subscriptionPageSchema = pageOf(subscriptionSchema);

export type ListSubscriptionsInput = z.input<typeof listSubscriptionsSchema>;
export type OrderPlanInput = z.input<typeof orderPlanSchema>;
export type OrderPlanData = z.output<typeof orderPlanSchema>;
export type WireSubscription = z.infer<typeof subscriptionSchema>;
