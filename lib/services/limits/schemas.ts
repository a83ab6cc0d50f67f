import { z } from 'zod';
import { DESTINATION_CLASSES } from '@/lib/core/destinations/classes';
import {
  amountInputSchema,
  idSchema,
  moneySchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  perMinuteInputSchema,
} from '@/lib/services/wire/schemas';

/** Who may be limited. */
export const LIMIT_SUBJECTS = ['account', 'tenant', 'extension', 'trunk', 'number'] as const;
export const limitSubjectSchema = z.enum(LIMIT_SUBJECTS);

export const destinationClassSchema = z.enum(DESTINATION_CLASSES);
export const destinationClassesSchema = z
  .array(destinationClassSchema)
  .max(DESTINATION_CLASSES.length)
  .transform((classes) => [...new Set(classes)].sort());

/** The switch's own bounds lie above these. */
const callsSchema = z.number().int().min(0).max(10_000).nullable();

/** What is limited; null: not at this level. Every level's limits count, the strictest decides. */
const limitShape = {
  /** Calls at a time, in both directions. */
  maxConcurrentCalls: callsSchema,
  maxConcurrentIn: callsSchema,
  maxConcurrentOut: callsSchema,
  maxCallsPerSecond: z.number().int().min(0).max(1_000).nullable(),
  /** Of a single call. */
  maxCallSeconds: z.number().int().min(1).max(86_400).nullable(),
  /** On a day of the account's billing time zone, in its currency, at full price. */
  maxDailySpend: amountInputSchema.nullable(),
  maxPerMinute: perMinuteInputSchema.nullable(),
  maxConnectFee: amountInputSchema.nullable(),
};

/** What is left out stays as it is. */
export const setLimitsSchema = z
  .object({ ...limitShape, blockedClasses: destinationClassesSchema })
  .partial();

export const listLimitsSchema = pageQuerySchema.extend({
  /** Only this account and what is below it. */
  accountId: idSchema.optional(),
  subject: limitSubjectSchema.optional(),
});

const usedSchema = z.object({
  concurrentCalls: z.number().int(),
  concurrentIn: z.number().int(),
  concurrentOut: z.number().int(),
  callsPerSecond: z.number().int(),
  /** 0 where nobody limits it. */
  dailySpend: moneySchema,
});

export const limitsSchema = z.object({
  subject: limitSubjectSchema,
  subjectId: idSchema,
  /** As people know it: a name, a domain, an extension of a domain, a number. */
  name: z.string(),
  accountId: idSchema,
  accountName: z.string(),
  currency: z.string(),
  /** How far below the caller's own account its account stands. */
  depth: z.number().int(),
  limits: z.object({ ...limitShape, blockedClasses: z.array(destinationClassSchema) }),
  /** How the fraud profile of an account works; null for everything else. */
  fraudMode: z.enum(['off', 'shadow', 'enforce']).nullable(),
  /** Whether the caller may change them: limits that were set from above are not loosened below. */
  mayChange: z.boolean(),
  /** What is used of them now; null while the switch does not answer. */
  used: usedSchema.nullable(),
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const limitsPageSchema = pageOf(limitsSchema);

export type LimitSubjectName = z.infer<typeof limitSubjectSchema>;
export type ListLimitsInput = z.input<typeof listLimitsSchema>;
export type SetLimitsInput = z.input<typeof setLimitsSchema>;
export type SetLimitsData = z.output<typeof setLimitsSchema>;
export type WireLimits = z.infer<typeof limitsSchema>;
export type WireLimitValues = WireLimits['limits'];
