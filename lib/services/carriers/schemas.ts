import { z } from 'zod';
import {
  idSchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

export const listCarriersSchema = pageQuerySchema;

export const createCarrierSchema = z.object({
  name: nameSchema,
  /** What it charges; without one its trunks are skipped as unpriced. */
  buyDeckId: idSchema.nullish(),
});

export const updateCarrierSchema = z.object({
  name: nameSchema.optional(),
  buyDeckId: idSchema.nullish(),
});

export const carrierSchema = z.object({
  id: idSchema,
  name: z.string(),
  buyDeck: z.object({ id: idSchema, name: z.string(), currency: z.string() }).nullable(),
  trunks: z.array(z.object({ id: idSchema, name: z.string() })),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const carrierPageSchema = pageOf(carrierSchema);

export type ListCarriersInput = z.input<typeof listCarriersSchema>;
export type CreateCarrierInput = z.input<typeof createCarrierSchema>;
export type UpdateCarrierInput = z.input<typeof updateCarrierSchema>;
export type WireCarrier = z.infer<typeof carrierSchema>;
