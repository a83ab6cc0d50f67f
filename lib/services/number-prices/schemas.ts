import { z } from 'zod';
import { labelSchema, numberKindSchema } from '@/lib/services/numbers/schemas';
import {
  amountInputSchema,
  countrySchema,
  currencySchema,
  idSchema,
  moneySchema,
  pageOf,
  pageQuerySchema,
} from '@/lib/services/wire/schemas';

const priceRuleSchema = z.object({
  /** The child it is for; null: all. */
  buyerId: idSchema.nullish(),
  country: countrySchema.nullish(),
  kind: numberKindSchema.nullish(),
  group: labelSchema.default(''),
  /** The digits it begins with, without "+". */
  prefix: z
    .string()
    .regex(/^\d{0,15}$/, 'must be digits')
    .default(''),
});
export const createNumberPriceSchema = priceRuleSchema.extend({
  currency: currencySchema,
  setUp: amountInputSchema.default('0'),
  perPeriod: amountInputSchema,
});
export const updateNumberPriceSchema = z.object({
  setUp: amountInputSchema.optional(),
  perPeriod: amountInputSchema.optional(),
  /** Numbers that run already pay it from their next month on. */
  applyToRunning: z.boolean().default(false),
});
export const listNumberPricesSchema = pageQuerySchema;
export const numberPriceSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  buyer: z.object({ id: idSchema, name: z.string() }).nullable(),
  country: z.string().nullable(),
  kind: numberKindSchema.nullable(),
  group: z.string(),
  prefix: z.string(),
  setUp: moneySchema,
  perPeriod: moneySchema,
});
export const numberPricePageSchema = pageOf(numberPriceSchema);

export type CreateNumberPriceInput = z.input<typeof createNumberPriceSchema>;
export type UpdateNumberPriceInput = z.input<typeof updateNumberPriceSchema>;
export type ListNumberPricesInput = z.input<typeof listNumberPricesSchema>;
export type WireNumberPrice = z.infer<typeof numberPriceSchema>;
