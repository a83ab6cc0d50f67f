import { z } from 'zod';
import {
  idSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const addressSchema = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(64)
  .meta({ description: 'An IP address or a range: 192.0.2.1, 198.51.100.0/24, 2001:db8::/48' });
const reasonSchema = z.string().trim().min(1, 'must not be empty').max(200);

export const listBansSchema = pageQuerySchema;

export const createBanSchema = z.object({
  address: addressSchema,
  reason: reasonSchema,
  /** Left out: until somebody lifts it. */
  until: timestampSchema.nullish(),
});

export const allowAddressSchema = z.object({ address: addressSchema, reason: reasonSchema });

/** Why the switch shut an address out by itself; null where a person did. */
export const banCauseSchema = z.enum(['wrong_secret', 'name_guessed', 'scanner']);

export const banSchema = z.object({
  id: idSchema,
  /** A single address without its "/32", else the range. */
  address: z.string(),
  origin: z.enum(['switch', 'person']),
  cause: banCauseSchema.nullable(),
  /** A person's words; empty where the switch did it. */
  reason: z.string(),
  /** The names guessed at, or what a scanner called itself. */
  detail: z.string(),
  /** How often in a row the switch has banned it. */
  level: z.number().int(),
  /** Failures and messages dropped so far. */
  attempts: z.number().int(),
  since: timestampSchema,
  /** null: until somebody lifts it. */
  until: timestampSchema.nullable(),
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const banPageSchema = pageOf(banSchema);

export const allowedAddressSchema = z.object({
  id: idSchema,
  address: z.string(),
  reason: z.string(),
  since: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const allowedAddressPageSchema = pageOf(allowedAddressSchema);

export type ListBansInput = z.input<typeof listBansSchema>;
export type CreateBanInput = z.input<typeof createBanSchema>;
export type AllowAddressInput = z.input<typeof allowAddressSchema>;
export type WireBan = z.infer<typeof banSchema>;
export type WireAllowedAddress = z.infer<typeof allowedAddressSchema>;
