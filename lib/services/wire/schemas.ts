import { z } from 'zod';

/** A UUID of ours, as the API shows it. */
/**
 * How media is protected in calls to somebody: `sdes` over TLS alone; `auto` is DTLS for browsers and
 * plain RTP for others. What he offers himself is taken as it is.
 */
export const MEDIA_SECURITIES = ['auto', 'off', 'sdes', 'dtls'] as const;
export const mediaSecuritySchema = z.enum(MEDIA_SECURITIES);
export type MediaSecurity = z.infer<typeof mediaSecuritySchema>;

/** What is said of an extension's, a trunk's or a plan's calls; the tenant has to let them be recorded. */
export const recordingRuleSchema = z.enum(['never', 'on_demand', 'always']);

export const idSchema = z.uuid().meta({ description: 'UUID' });

/** A moment in UTC, ISO 8601. */
export const timestampSchema = z.iso.datetime().meta({ example: '2026-11-21T10:00:00.000Z' });

/** Money on the wire: a decimal string and its currency, never a JSON number. */
export const moneySchema = z.object({
  amount: z.string().meta({ example: '0.012000' }),
  currency: z.string().meta({ example: 'USD' }),
});

/** An amount of money as callers write it: up to six decimals, not negative. */
export const amountInputSchema = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string such as "12.50"');

/** A price a minute as callers write it: up to nine decimals, not negative. */
export const perMinuteInputSchema = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,9})?$/, 'must be a decimal string such as "0.0150"');

export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be a code such as USD');

/** ISO 3166 alpha-2. */
export const countrySchema = z.string().regex(/^[A-Z]{2}$/, 'must be a code such as US');

export const nameSchema = z.string().trim().min(1, 'must not be empty').max(100);

/** One page of a list: `cursor` is what the page before gave as `nextCursor`. */
export const pageQuerySchema = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** The shape of a page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** Whether a part of an object's desired state holds in the running switch, and why (not). */
export const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: timestampSchema.nullable(),
});

/** What the switch has applied of an object: it is live when observed ≥ desired generation. */
export const observedStatusSchema = z.object({
  observedGeneration: z.number().int().nullable(),
  conditions: z.array(conditionSchema),
});

export type WireCondition = z.infer<typeof conditionSchema>;
export type ObservedStatus = z.infer<typeof observedStatusSchema>;
