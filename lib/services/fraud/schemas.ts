import { z } from 'zod';
import { NUMBER_COUNTRIES } from '@/lib/core/destinations/countries';
import { FRAUD_RULES } from '@/lib/core/fraud/profile';
import { destinationClassesSchema, destinationClassSchema } from '@/lib/services/limits/schemas';
import {
  amountInputSchema,
  countrySchema,
  idSchema,
  moneySchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  perMinuteInputSchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/** `shadow` refuses nothing: it writes down what would have been refused. */
export const fraudModeSchema = z.enum(['off', 'shadow', 'enforce']);
export const fraudRuleSchema = z.enum(FRAUD_RULES);

/** A day is the longest call there is, and the longest window. */
const DAY_SECONDS = 86_400;

const profileShape = {
  mode: fraudModeSchema,
  /** ISO 3166 alpha-2 of the countries that may be called; null: any. */
  countries: z
    .array(
      countrySchema.refine(
        (country) => NUMBER_COUNTRIES.includes(country),
        'no numbers are known of this country',
      ),
    )
    .max(300)
    .transform((countries) => [...new Set(countries)].sort())
    .nullable(),
  blockedClasses: destinationClassesSchema,
  maxPerMinute: perMinuteInputSchema.nullable(),
  maxConnectFee: amountInputSchema.nullable(),
  /** On a day of the account's billing time zone, in its currency. */
  maxDailySpend: amountInputSchema.nullable(),
  /** Calls are ended at this length. */
  longCallSeconds: z.number().int().min(1).max(DAY_SECONDS).nullable(),
  /** Calls of one account to numbers that begin alike; null: not looked at. */
  velocity: z
    .object({
      windowSeconds: z.number().int().min(60).max(DAY_SECONDS),
      /** So many first digits make numbers alike. */
      digits: z.number().int().min(1).max(15),
      maxCalls: z.number().int().min(1).max(1_000_000).nullable(),
      maxSpend: amountInputSchema.nullable(),
    })
    .nullable(),
  /** Whoever breaks the velocity rules may not call out until released. */
  blocksByItself: z.boolean(),
};

/** The whole profile: what is left out is off. */
export const setFraudProfileSchema = z.object({
  mode: profileShape.mode,
  countries: profileShape.countries.default(null),
  blockedClasses: profileShape.blockedClasses.default([]),
  maxPerMinute: profileShape.maxPerMinute.default(null),
  maxConnectFee: profileShape.maxConnectFee.default(null),
  maxDailySpend: profileShape.maxDailySpend.default(null),
  longCallSeconds: profileShape.longCallSeconds.default(null),
  velocity: profileShape.velocity.default(null),
  blocksByItself: profileShape.blocksByItself.default(true),
});

export const fraudProfileSchema = z.object({
  accountId: idSchema,
  currency: z.string(),
  ...profileShape,
  countries: z.array(z.string()).nullable(),
  blockedClasses: z.array(destinationClassSchema),
  /** Whether the caller may change it: nobody changes the profile of their own account. */
  mayChange: z.boolean(),
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const listFraudBlocksSchema = pageQuerySchema.extend({
  /** Left out: those that stand. */
  state: z.enum(['standing', 'released']).default('standing'),
  accountId: idSchema.optional(),
});

const blockedSubjectSchema = z.enum(['account', 'extension']);

export const createFraudBlockSchema = z.object({
  subject: blockedSubjectSchema,
  subjectId: idSchema,
  reason: z.string().trim().min(1, 'must not be empty').max(200),
});

export const fraudBlockSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  accountName: z.string(),
  subject: blockedSubjectSchema,
  subjectId: idSchema,
  /** The extension with its domain, or the account. */
  name: z.string(),
  /** Which rule was broken; null where a person did it. */
  rule: fraudRuleSchema.nullable(),
  /** A person's words; empty where the switch did it. */
  reason: z.string(),
  /** The call that led to it. */
  callId: idSchema.nullable(),
  /** The first digits that were called, without "+". */
  prefix: z.string(),
  createdAt: timestampSchema,
  /** null: it stands. */
  releasedAt: timestampSchema.nullable(),
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const fraudBlockPageSchema = pageOf(fraudBlockSchema);

export const listFraudEventsSchema = pageQuerySchema.extend({
  rule: fraudRuleSchema.optional(),
  /** Left out: both. */
  outcome: z.enum(['blocked', 'would_have_blocked']).optional(),
});

export const fraudEventSchema = z.object({
  id: idSchema,
  at: timestampSchema,
  /** Whose profile. */
  accountId: idSchema,
  accountName: z.string(),
  callerAccountId: idSchema,
  callerName: z.string(),
  extensionId: idSchema.nullable(),
  extension: z.string().nullable(),
  callId: idSchema,
  rule: fraudRuleSchema,
  /** It was only watched. */
  shadow: z.boolean(),
  class: destinationClassSchema,
  country: z.string().nullable(),
  prefix: z.string(),
  /** What the call cost the profile's account in the end; null: nothing, or not yet. */
  cost: moneySchema.nullable(),
});

export const fraudEventPageSchema = pageOf(fraudEventSchema);

export const fraudReportQuerySchema = z.object({
  from: timestampSchema.optional(),
  to: timestampSchema.optional(),
});

const reportLineSchema = z.object({
  currency: z.string(),
  /** Refused, or ended. */
  blocked: z.number().int(),
  /** Would have been, had the profile been enforced. */
  wouldHaveBlocked: z.number().int(),
  /** What those cost the profiles' accounts: what would have been saved. */
  wouldHaveSaved: moneySchema,
});

export const fraudReportSchema = z.object({
  from: timestampSchema,
  to: timestampSchema,
  /** Every call once, however many rules it broke. */
  totals: z.array(reportLineSchema),
  /** By rule; a call that broke two stands in both. */
  rules: z.array(reportLineSchema.extend({ rule: fraudRuleSchema })),
});

export type SetFraudProfileInput = z.input<typeof setFraudProfileSchema>;
export type SetFraudProfileData = z.output<typeof setFraudProfileSchema>;
export type WireFraudProfile = z.infer<typeof fraudProfileSchema>;
export type ListFraudBlocksInput = z.input<typeof listFraudBlocksSchema>;
export type CreateFraudBlockInput = z.input<typeof createFraudBlockSchema>;
export type WireFraudBlock = z.infer<typeof fraudBlockSchema>;
export type ListFraudEventsInput = z.input<typeof listFraudEventsSchema>;
export type WireFraudEvent = z.infer<typeof fraudEventSchema>;
export type FraudReportQuery = z.input<typeof fraudReportQuerySchema>;
export type WireFraudReport = z.infer<typeof fraudReportSchema>;
