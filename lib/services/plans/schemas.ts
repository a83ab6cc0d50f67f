import { z } from 'zod';
import {
  amountInputSchema,
  currencySchema,
  idSchema,
  moneySchema,
  nameSchema,
  pageOf,
  pageQuerySchema,
  recordingRuleSchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const stateSchema = z.enum(['draft', 'active', 'retired']);

/** What a version promises; a running subscription keeps its version. */
const termsShape = {
  description: z.string().trim().max(1_000).default(''),
  /** Left out: the seller's. */
  currency: currencySchema.optional(),
  pricePerPeriod: amountInputSchema,
  setUpFee: amountInputSchema.default('0'),
  /** How many extensions it grants. */
  extensions: z.number().int().min(0).max(1_000).default(1),
  /** Whether calls of its extensions are recorded, where their tenant lets them be. */
  recording: recordingRuleSchema.default('on_demand'),
};

export const listPlansSchema = pageQuerySchema.extend({
  /** own: what the account sells; offered: what it may order from its seller. */
  view: z.enum(['own', 'offered']).default('own'),
  /** For whom, where `view` is offered; left out: the caller's own account. */
  accountId: idSchema.optional(),
  state: stateSchema.optional(),
});

export const createPlanSchema = z.object({
  name: nameSchema,
  ...termsShape,
  /** Whether it can be ordered at once. */
  publish: z.boolean().default(false),
});

/** New terms are a new version, which those who order from now on get. */
export const publishPlanSchema = z.object({ ...termsShape });

export const planSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  name: z.string(),
  state: stateSchema,
  /** The version that is sold, or while it is a draft the newest. */
  version: z.number().int(),
  description: z.string(),
  pricePerPeriod: moneySchema,
  setUpFee: moneySchema,
  extensions: z.number().int(),
  recording: recordingRuleSchema,
  /** Running subscriptions of all versions; only shown to the seller. */
  subscriptionCount: z.number().int().nullable(),
  createdAt: timestampSchema,
});

export const planPageSchema = pageOf(planSchema);

export type ListPlansInput = z.input<typeof listPlansSchema>;
export type CreatePlanInput = z.input<typeof createPlanSchema>;
export type PublishPlanInput = z.input<typeof publishPlanSchema>;
export type PlanTerms = z.output<typeof publishPlanSchema>;
export type WirePlan = z.infer<typeof planSchema>;
