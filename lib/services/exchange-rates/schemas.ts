import { z } from 'zod';
import {
  currencySchema,
  idSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/** Units of one currency for one of another: up to nine decimals, more than nothing. */
const rateSchema = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a decimal string such as "1.0845"')
  .refine((text) => /[1-9]/.test(text), 'must be more than 0');

export const listExchangeRatesSchema = pageQuerySchema.extend({
  base: currencySchema.optional(),
  quote: currencySchema.optional(),
});

export const createExchangeRateSchema = z
  .object({
    base: currencySchema,
    quote: currencySchema,
    /** Units of `quote` for one of `base`. */
    rate: rateSchema,
    /** Calls that begin from then on are converted by it; now unless given. */
    validFrom: timestampSchema.optional(),
    /** Whose rate it is, such as "ECB". */
    source: z.string().trim().max(100).default(''),
  })
  .refine(({ base, quote }) => base !== quote, {
    message: 'must be another currency',
    path: ['quote'],
  });

export const exchangeRateSchema = z.object({
  id: idSchema,
  base: z.string(),
  quote: z.string(),
  rate: z.string(),
  validFrom: timestampSchema,
  source: z.string(),
  /** It is the one that calls of this pair are converted by now. */
  isCurrent: z.boolean(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const exchangeRatePageSchema = pageOf(exchangeRateSchema);

export type ListExchangeRatesInput = z.input<typeof listExchangeRatesSchema>;
export type CreateExchangeRateInput = z.input<typeof createExchangeRateSchema>;
export type WireExchangeRate = z.infer<typeof exchangeRateSchema>;
