import { z } from 'zod';
import {
  countrySchema,
  idSchema,
  nameSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const lineSchema = z.string().trim().min(1, 'must not be empty').max(100);
const optionalLineSchema = z.string().trim().max(100);

/** A place as its country writes addresses; what a country needs beyond this is checked by its rules. */
const placeSchema = z.object({
  /** What people of the house call it. */
  name: nameSchema,
  country: countrySchema,
  street: lineSchema,
  houseNumber: z.string().trim().min(1, 'must not be empty').max(20),
  /** Floor, door, building. */
  unit: optionalLineSchema.default(''),
  city: lineSchema,
  /** State, province, canton. */
  region: optionalLineSchema.default(''),
  postalCode: z.string().trim().max(12).default(''),
  /** Who is told when help is called from here: a name and how to reach them. */
  contact: z.string().trim().max(200).default(''),
  /** A number in service at the tenant: shown with the call, and called back. */
  numberId: idSchema.nullish(),
});

/** Said by whoever saves it: help can be sent to this place. */
const confirmedSchema = z.literal(true, 'must be confirmed: help is sent to this place');

export const listEmergencyAddressesSchema = pageQuerySchema.extend({
  tenantId: idSchema.optional(),
  accountId: idSchema.optional(),
});

export const createEmergencyAddressSchema = placeSchema.extend({
  tenantId: idSchema,
  confirmed: confirmedSchema,
});

export const updateEmergencyAddressSchema = z
  .object({
    ...placeSchema.shape,
    unit: optionalLineSchema,
    region: optionalLineSchema,
    postalCode: z.string().trim().max(12),
    contact: z.string().trim().max(200),
  })
  .partial()
  .extend({ confirmed: confirmedSchema });

export const chooseEmergencyAddressSchema = z.object({
  /** null: none of its own. */
  emergencyAddressId: idSchema.nullable(),
});

export const emergencyAddressSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  tenant: z.object({ id: idSchema, domain: z.string() }),
  name: z.string(),
  country: z.string(),
  street: z.string(),
  houseNumber: z.string(),
  unit: z.string(),
  city: z.string(),
  region: z.string(),
  postalCode: z.string(),
  contact: z.string(),
  number: z.object({ id: idSchema, e164: z.string() }).nullable(),
  /** The tenant's own: where help is sent to whoever has no number with a place of its own. */
  isDefault: z.boolean(),
  /** How many numbers have it as their place. */
  numbers: z.number().int(),
  confirmedAt: timestampSchema,
  /** Who said that help can be sent there; null: a program. */
  confirmedBy: z.string().nullable(),
});
export const emergencyAddressPageSchema = pageOf(emergencyAddressSchema);

/** What of a house stands in the way of help. */
export const emergencyGapsSchema = z.object({
  /** Tenants without a place. */
  tenants: z.array(z.object({ id: idSchema, domain: z.string() })),
  /** Tenants whose place has no number that could be called back. */
  unreachable: z.array(z.object({ id: idSchema, domain: z.string() })),
  /** Countries of tenants and numbers in which no route for emergency calls is in service. */
  unroutedCountries: z.array(z.string()),
});

export const listEmergencyCallsSchema = pageQuerySchema.extend({ tenantId: idSchema.optional() });
/** A call for help, as it was made. */
export const emergencyCallSchema = z.object({
  /** The call's. */
  id: idSchema,
  accountId: idSchema,
  tenantId: idSchema,
  extensionId: idSchema.nullable(),
  digits: z.string(),
  shownNumber: z.string().nullable(),
  /** The place as it was then; null: nobody had said one. */
  location: z.record(z.string(), z.string()).nullable(),
  startedAt: timestampSchema,
  /** Until then whoever calls the number shown rings the phone that called for help. */
  callbackUntil: timestampSchema,
});
export const emergencyCallPageSchema = pageOf(emergencyCallSchema);

export type ListEmergencyAddressesInput = z.input<typeof listEmergencyAddressesSchema>;
export type CreateEmergencyAddressInput = z.input<typeof createEmergencyAddressSchema>;
export type UpdateEmergencyAddressInput = z.input<typeof updateEmergencyAddressSchema>;
export type ChooseEmergencyAddressInput = z.input<typeof chooseEmergencyAddressSchema>;
export type WireEmergencyAddress = z.infer<typeof emergencyAddressSchema>;
export type EmergencyGaps = z.infer<typeof emergencyGapsSchema>;
export type ListEmergencyCallsInput = z.input<typeof listEmergencyCallsSchema>;
export type WireEmergencyCall = z.infer<typeof emergencyCallSchema>;
