import { z } from 'zod';
import {
  amountInputSchema,
  currencySchema,
  idSchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  perMinuteInputSchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const kindSchema = z.enum(['sell', 'buy']);
const versionStateSchema = z.enum(['draft', 'active', 'retired']);
const roundingSchema = z.enum(['half_up', 'half_even', 'up', 'down']);

/** Rates in one request; larger price lists are imported by file. */
const MAX_RATES = 5_000;

/** E.164 digits without "+"; empty matches everything. */
const prefixSchema = z.string().regex(/^(|[1-9]\d{0,14})$/, 'must be up to 15 digits without "+"');

const secondsSchema = z.number().int().max(3_600);

export const rateInputSchema = z
  .object({
    prefix: prefixSchema,
    destination: z.string().trim().max(100).default(''),
    /** The price of a minute, within the first increment and after it. */
    perMinute: perMinuteInputSchema,
    /** Where the first increment has a price of its own. */
    firstPerMinute: perMinuteInputSchema.optional(),
    first: secondsSchema.min(0),
    next: secondsSchema.min(1),
    connectFee: amountInputSchema.default('0'),
    minimum: amountInputSchema.default('0'),
    /** Calls shorter than this are free of everything. */
    noChargeSeconds: secondsSchema.min(0).default(0),
    /** Not sold (or bought) here at all; no shorter prefix takes over. */
    blocked: z.boolean().default(false),
    validFrom: timestampSchema.nullish(),
    validTo: timestampSchema.nullish(),
  })
  .refine(
    ({ validFrom, validTo }) => !validFrom || !validTo || validFrom < validTo,
    'ends before it begins',
  );

const ratesSchema = z.array(rateInputSchema).max(MAX_RATES);

export const listDecksSchema = pageQuerySchema.extend({
  kind: kindSchema.optional(),
  accountId: idSchema.optional(),
  search: z.string().trim().max(100).optional(),
});

export const listRatesSchema = pageQuerySchema.extend({
  /** Left out: the active version, else the newest. */
  version: z.coerce.number().int().min(1).optional(),
  /** The beginning of a prefix, or part of a destination's name. */
  search: z.string().trim().max(100).optional(),
});

export const createDeckSchema = z.object({
  name: nameSchema,
  kind: kindSchema,
  /** Left out: the account's. */
  currency: currencySchema.optional(),
  rounding: roundingSchema.default('half_up'),
  /** The rates of version 1, a draft. */
  rates: ratesSchema.default([]),
});

export const createDeckVersionSchema = z.object({ rates: ratesSchema });

export const activateDeckVersionSchema = z.object({ version: z.number().int().min(1) });

export const deckVersionSchema = z.object({
  id: idSchema,
  version: z.number().int(),
  state: versionStateSchema,
  rateCount: z.number().int(),
  activatedAt: timestampSchema.nullable(),
  createdAt: timestampSchema,
});

export const deckSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  accountName: z.string(),
  kind: kindSchema,
  name: z.string(),
  currency: z.string(),
  rounding: roundingSchema,
  activeVersion: z.number().int().nullable(),
  versions: z.array(deckVersionSchema),
  /** How many accounts buy at it, and carriers charge by it. */
  usedBy: z.object({ accounts: z.number().int(), carriers: z.number().int() }),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const rateSchema = z.object({
  id: z.string(),
  prefix: z.string(),
  destination: z.string(),
  firstPerMinute: z.string(),
  perMinute: z.string(),
  first: z.number().int(),
  next: z.number().int(),
  connectFee: z.string(),
  minimum: z.string(),
  noChargeSeconds: z.number().int(),
  blocked: z.boolean(),
  validFrom: timestampSchema.nullable(),
  validTo: timestampSchema.nullable(),
});

export const deckPageSchema = pageOf(deckSchema);
export const ratePageSchema = pageOf(rateSchema);

export type RateInput = z.output<typeof rateInputSchema>;
export type ListDecksInput = z.input<typeof listDecksSchema>;
export type ListRatesInput = z.input<typeof listRatesSchema>;
export type CreateDeckInput = z.input<typeof createDeckSchema>;
export type CreateDeckVersionInput = z.input<typeof createDeckVersionSchema>;
export type ActivateDeckVersionInput = z.input<typeof activateDeckVersionSchema>;
export type WireDeck = z.infer<typeof deckSchema>;
export type WireRate = z.infer<typeof rateSchema>;
