import { z } from 'zod';
import {
  idSchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const stateSchema = z.enum(['active', 'suspended']);
const transportSchema = z.enum(['udp', 'tcp', 'tls']);
const numberFormatSchema = z.enum(['plus_e164', 'e164', 'national']);
const addressSchema = z.union([z.ipv4(), z.ipv6()], 'must be an IP address');
const portSchema = z.number().int().min(1).max(65_535);
const channelsSchema = z.number().int().min(0).max(100_000);

export const listTrunksSchema = pageQuerySchema.extend({
  carrierId: idSchema.optional(),
  state: stateSchema.optional(),
});

export const createTrunkSchema = z.object({
  carrierId: idSchema,
  name: nameSchema,
  /** Where it is reached, and what it is matched by. */
  address: addressSchema,
  /** Left out: 5060 when dialling, any when matching. */
  port: portSchema.nullish(),
  /** Left out: UDP when dialling, any when matching. */
  transport: transportSchema.nullish(),
  numberFormat: numberFormatSchema.default('plus_e164'),
  emergency: z.boolean().default(false),
  maxChannels: channelsSchema.default(1_000),
});

export const updateTrunkSchema = z.object({
  name: nameSchema.optional(),
  state: stateSchema.optional(),
  address: addressSchema.optional(),
  port: portSchema.nullish(),
  transport: transportSchema.nullish(),
  numberFormat: numberFormatSchema.optional(),
  emergency: z.boolean().optional(),
  maxChannels: channelsSchema.optional(),
});

export const trunkSchema = z.object({
  id: idSchema,
  carrier: z.object({ id: idSchema, name: z.string() }).nullable(),
  name: z.string(),
  state: stateSchema,
  address: z.string(),
  port: z.number().int().nullable(),
  transport: transportSchema.nullable(),
  numberFormat: numberFormatSchema,
  emergency: z.boolean(),
  maxChannels: z.number().int(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const trunkPageSchema = pageOf(trunkSchema);

export type ListTrunksInput = z.input<typeof listTrunksSchema>;
export type CreateTrunkInput = z.input<typeof createTrunkSchema>;
export type UpdateTrunkInput = z.input<typeof updateTrunkSchema>;
export type WireTrunk = z.infer<typeof trunkSchema>;
