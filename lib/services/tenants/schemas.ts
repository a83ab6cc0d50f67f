import { z } from 'zod';
import {
  countrySchema,
  idSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const stateSchema = z.enum(['active', 'suspended']);

/** A host name in lower case, at least two labels (RFC 1123 §2.1). */
export const domainSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be a domain name such as acme.example.com',
  )
  .refine((domain) => !/^[\d.]+$/.test(domain), 'must be a name, not an address');

/** E.164 prefixes without "+". */
const destinationsSchema = z
  .array(z.string().regex(/^[1-9]\d{0,14}$/, 'must be digits without "+"'))
  .max(1_000)
  .transform((prefixes) => [...new Set(prefixes)].sort());

/**
 * What becomes of a call that asks to be shown as a number that its tenant has no right to: it is shown
 * as the default one instead, or refused.
 */
const callerIdPolicySchema = z.enum(['replace', 'refuse']);

export const listTenantsSchema = pageQuerySchema.extend({
  accountId: idSchema.optional(),
  state: stateSchema.optional(),
  search: z.string().trim().max(100).optional(),
});

export const createTenantSchema = z.object({
  accountId: idSchema,
  domain: domainSchema,
  /** How dialled digits are read; left out: the account's. */
  country: countrySchema.optional(),
  /** What may be called; nothing unless told. */
  allowedDestinations: destinationsSchema.default([]),
});

export const updateTenantSchema = z.object({
  country: countrySchema.optional(),
  state: stateSchema.optional(),
  allowedDestinations: destinationsSchema.optional(),
  announceRefusals: z.boolean().optional(),
  holdMusic: z.boolean().optional(),
  callerIdPolicy: callerIdPolicySchema.optional(),
});

export const tenantSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  domain: z.string(),
  country: z.string(),
  state: stateSchema,
  allowedDestinations: z.array(z.string()),
  /** Whether phones hear why a call is refused, in words or by a tone, before they get the status. */
  announceRefusals: z.boolean(),
  /** Whether whoever is held by one of its phones hears music. */
  holdMusic: z.boolean(),
  callerIdPolicy: callerIdPolicySchema,
  extensionCount: z.number().int(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const tenantPageSchema = pageOf(tenantSchema);

export type ListTenantsInput = z.input<typeof listTenantsSchema>;
export type CreateTenantInput = z.input<typeof createTenantSchema>;
export type UpdateTenantInput = z.input<typeof updateTenantSchema>;
export type WireTenant = z.infer<typeof tenantSchema>;
