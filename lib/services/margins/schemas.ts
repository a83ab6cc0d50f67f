import { z } from 'zod';
import { idSchema, moneySchema, timestampSchema } from '@/lib/services/wire/schemas';

/** By what margins are told apart. */
export const marginGroupSchema = z.enum(['destination', 'carrier', 'account']);

/** A year at most: longer ones are for exports. */
const MAX_PERIOD_MS = 366 * 86_400_000;

export const marginQuerySchema = z
  .object({
    by: marginGroupSchema.default('destination'),
    /** Calls that were charged from then on … */
    from: timestampSchema,
    /** … and before then. */
    to: timestampSchema,
    limit: z.coerce.number().int().min(1).max(500).default(100),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    message: 'must be after "from"',
    path: ['to'],
  })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MAX_PERIOD_MS, {
    message: 'must be within a year of "from"',
    path: ['to'],
  });

const figures = {
  calls: z.number().int(),
  seconds: z.number().int(),
  /** What the caller's own account was paid for these calls, and what it paid. */
  revenue: moneySchema,
  cost: moneySchema,
  margin: moneySchema,
  /** Margin as a part of the revenue, four decimals; null of no revenue. */
  share: z.string().nullable(),
};

export const marginsSchema = z.object({
  by: marginGroupSchema,
  currency: z.string(),
  total: z.object(figures),
  /** The largest revenue first. */
  rows: z.array(
    z.object({
      /** The carrier's or account's id; null for a destination, or where there is none. */
      id: idSchema.nullable(),
      /** null: the deck has no name for it, or nothing was bought. */
      name: z.string().nullable(),
      ...figures,
    }),
  ),
  /** More groups than were asked for; they count in the total. */
  hasMore: z.boolean(),
  /** Charges in currencies that have no exchange rate: in no figure. */
  unconverted: z.number().int(),
});

export type MarginQuery = z.input<typeof marginQuerySchema>;
export type MarginGroup = z.infer<typeof marginGroupSchema>;
export type WireMargins = z.infer<typeof marginsSchema>;
export type WireMarginRow = WireMargins['rows'][number];
