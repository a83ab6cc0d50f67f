import { z } from 'zod';
import {
  idSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

export const listVerifiedNumbersSchema = pageQuerySchema.extend({
  tenantId: idSchema.optional(),
});

export const createVerifiedNumberSchema = z.object({
  tenantId: idSchema,
  e164: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number such as +12025550100'),
  /** How it was proven: a contract, a call back, a letter. */
  reason: z.string().trim().min(3, 'say how it was proven').max(500),
});

export const verifiedNumberSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  tenantId: idSchema,
  domain: z.string(),
  e164: z.string(),
  reason: z.string(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const verifiedNumberPageSchema = pageOf(verifiedNumberSchema);

export type ListVerifiedNumbersInput = z.input<typeof listVerifiedNumbersSchema>;
export type CreateVerifiedNumberInput = z.input<typeof createVerifiedNumberSchema>;
export type WireVerifiedNumber = z.infer<typeof verifiedNumberSchema>;
