import { z } from 'zod';
import {
  amountInputSchema,
  countrySchema,
  idSchema,
  moneySchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

export const numberStateSchema = z.enum([
  'discovered',
  'available',
  'reserved',
  'in_service',
  'aging',
  'released',
  'port_in',
  'port_out',
]);

export const numberKindSchema = z.enum([
  'geographic',
  'mobile',
  'national',
  'toll_free',
  'shared_cost',
  'premium',
]);

/** A place, an area code or a group's name: short, for people. */
export const labelSchema = z.string().trim().max(60);

/** What somebody looks for among numbers: part of it, with "?" for any digit. */
const patternSchema = z
  .string()
  .trim()
  .transform((text) => text.replace(/[\s().\-/]/g, ''))
  .pipe(z.string().regex(/^\+?[\d?]{1,20}$/, 'must be digits, with "?" for any digit'));

/** ITU-T E.164 with "+". */
export const e164InputSchema = z
  .string()
  .trim()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164 form such as +12025550101');

export const listNumbersSchema = pageQuerySchema.extend({
  accountId: idSchema.optional(),
  tenantId: idSchema.optional(),
  extensionId: idSchema.optional(),
  /** Those that lead to this PBX. */
  trunkId: idSchema.optional(),
  state: numberStateSchema.optional(),
  country: countrySchema.optional(),
  kind: numberKindSchema.optional(),
  group: labelSchema.optional(),
  /** Any part of the number, or of its area. */
  search: z.string().trim().max(60).optional(),
});

export const createNumberSchema = z.object({
  e164: e164InputSchema,
  /** Whose it is; left out: the operator's stock. */
  accountId: idSchema.optional(),
  state: z.enum(['discovered', 'available', 'reserved', 'port_in']).default('available'),
  /** Left out: the country of its code. */
  country: countrySchema.optional(),
  area: labelSchema.optional(),
  kind: numberKindSchema.optional(),
  group: labelSchema.optional(),
  /** Who provides it. */
  carrierId: idSchema.nullish(),
});

export const updateNumberSchema = z.object({
  /** Whose it is to be: the caller's own account or one that it sells to. Takes it out of use. */
  accountId: idSchema.optional(),
  state: numberStateSchema.optional(),
  /** What it is known by and priced by: the operator's to say. */
  country: countrySchema.optional(),
  area: labelSchema.optional(),
  kind: numberKindSchema.optional(),
  group: labelSchema.optional(),
  carrierId: idSchema.nullish(),
});

export const assignNumberSchema = z.object({
  /** null: takes it out of service. */
  tenantId: idSchema.nullable(),
  /** null: calls to it are refused until an extension is named. */
  extensionId: idSchema.nullish(),
  /** In place of an extension: a PBX of the tenant, which gets the number as it was dialled. */
  trunkId: idSchema.nullish(),
});

export const numberSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  /** Whose it is, by name. */
  accountName: z.string(),
  e164: z.string(),
  state: numberStateSchema,
  /** ISO 3166 alpha-2; null for numbers of no country. */
  country: z.string().nullable(),
  area: z.string(),
  kind: numberKindSchema,
  group: z.string(),
  /** Who provides it; the operator alone is told. */
  carrier: z.object({ id: idSchema, name: z.string() }).nullable(),
  /** For whom it is reserved. */
  reservedFor: z.object({ id: idSchema, name: z.string() }).nullable(),
  /** The end of a reservation or of aging. */
  heldUntil: timestampSchema.nullable(),
  /** Since when calls to it are refused because it is not paid for. */
  suspendedAt: timestampSchema.nullable(),
  /** Where help is sent to that is called from it; null: its tenant's own place, if there is one. */
  emergencyAddress: z.object({ id: idSchema, name: z.string() }).nullable(),
  tenant: z.object({ id: idSchema, domain: z.string() }).nullable(),
  extension: z.object({ id: idSchema, number: z.string(), name: z.string() }).nullable(),
  trunk: z.object({ id: idSchema, name: z.string() }).nullable(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const numberPageSchema = pageOf(numberSchema);

export const listOffersSchema = pageQuerySchema.extend({
  /** For whom; left out: the caller's own account. */
  accountId: idSchema.optional(),
  country: countrySchema.optional(),
  /** Part of the place's name or area code. */
  area: labelSchema.optional(),
  kind: numberKindSchema.optional(),
  group: labelSchema.optional(),
  /** Digits it holds one after the other; "?" is any digit, a leading "+" its beginning. */
  pattern: patternSchema.optional(),
  /** What a month may cost at most, in the account's currency. */
  maxPerPeriod: amountInputSchema.optional(),
});

/** A number that can be ordered, at what it costs whoever orders it. */
export const numberOfferSchema = z.object({
  id: idSchema,
  e164: z.string(),
  country: z.string().nullable(),
  area: z.string(),
  kind: numberKindSchema,
  group: z.string(),
  setUp: moneySchema,
  perPeriod: moneySchema,
  /** Set where it is kept for this account. */
  reservedUntil: timestampSchema.nullable(),
});

export const numberOfferPageSchema = pageOf(numberOfferSchema);

export const reserveNumberSchema = z.object({
  /** For whom; left out: the caller's own account. */
  accountId: idSchema.optional(),
});

export const releaseNumberSchema = z.object({
  /** The number itself, in E.164 form: said once more, because it can't be undone. */
  confirm: z.string().max(20),
});
/** A number that was given back; it is its stock's again. */
export const releasedNumberSchema = z.object({
  id: idSchema,
  e164: z.string(),
  state: z.literal('aging'),
});

export const orderNumberSchema = z.object({
  numberId: idSchema,
  /** Whose order it is: the same key never orders twice. A new one for each new wish. */
  orderKey: z.string().trim().min(8).max(200),
  /** For whom; left out: the caller's own account. */
  accountId: idSchema.optional(),
  /** Where it goes into service at once; left out: nowhere yet. */
  tenantId: idSchema.optional(),
  extensionId: idSchema.optional(),
  trunkId: idSchema.optional(),
  /** Where help is sent to that is called from it; left out: the tenant's own place. */
  emergencyAddressId: idSchema.optional(),
});

export const handOverSchema = z.object({
  numberIds: z.array(idSchema).min(1).max(500),
  /** Who gets them: a reseller for its stock, or a customer. */
  accountId: idSchema,
});

export const handedOverSchema = z.object({ moved: z.number().int(), unchanged: z.number().int() });

export const numberSettingsSchema = z.object({
  /** How long a number of the own stock rests after use before it is available again. */
  agingDays: z.number().int().min(0).max(730),
  /** How long one is kept for whoever reserved it. */
  reservationMinutes: z.number().int().min(1).max(10_080),
});
export const updateNumberSettingsSchema = numberSettingsSchema.partial();

/** What a number costs and cost one of its buyers. */
export const numberChargeSchema = z.object({
  period: z.number().int(),
  hop: z.number().int(),
  buyerAccountId: idSchema,
  sellerAccountId: idSchema,
  setUp: moneySchema,
  perPeriod: moneySchema,
  periodStart: timestampSchema,
  periodEnd: timestampSchema,
  /** null: nothing was posted, because it is free or billed elsewhere. */
  transactionId: idSchema.nullable(),
});
export const numberChargesSchema = z.object({
  /** What its holder pays for calls to it from outside; null: nothing, or nothing that a deck says. */
  callsIn: z
    .object({ perMinute: z.string(), connectFee: moneySchema, currency: z.string() })
    .nullable(),
  items: z.array(numberChargeSchema),
  /** What the next month costs at the hops the caller may see, and when. */
  next: z
    .object({
      dueAt: timestampSchema,
      unpaidSince: timestampSchema.nullable(),
      hops: z.array(numberChargeSchema.pick({ hop: true, buyerAccountId: true, perPeriod: true })),
    })
    .nullable(),
});

/** The largest file that is imported. */
export const MAX_IMPORT_BYTES = 20 * 1_048_576;
/** Wrong cells that are told one by one. */
export const MAX_IMPORT_ISSUES = 200;

export const importNumbersSchema = z.object({
  /** Only reads the file and says what would happen. */
  dryRun: z.enum(['true', 'false']).default('false'),
});
export const importedNumbersSchema = z.object({
  /** Lines with a number. */
  rows: z.number().int(),
  added: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  dryRun: z.boolean(),
});

export type NumberState = z.infer<typeof numberStateSchema>;
export type ListNumbersInput = z.input<typeof listNumbersSchema>;
export type CreateNumberInput = z.input<typeof createNumberSchema>;
export type UpdateNumberInput = z.input<typeof updateNumberSchema>;
export type AssignNumberInput = z.input<typeof assignNumberSchema>;
export type WireNumber = z.infer<typeof numberSchema>;
export type NumberKind = z.infer<typeof numberKindSchema>;
export type ListOffersInput = z.input<typeof listOffersSchema>;
export type NumberOffer = z.infer<typeof numberOfferSchema>;
export type ReserveNumberInput = z.input<typeof reserveNumberSchema>;
export type OrderNumberInput = z.input<typeof orderNumberSchema>;
export type OrderNumberData = z.output<typeof orderNumberSchema>;
export type ReleaseNumberInput = z.input<typeof releaseNumberSchema>;
export type ReleasedNumber = z.infer<typeof releasedNumberSchema>;
export type HandOverInput = z.input<typeof handOverSchema>;
export type HandedOver = z.infer<typeof handedOverSchema>;
export type NumberSettings = z.infer<typeof numberSettingsSchema>;
export type UpdateNumberSettingsInput = z.input<typeof updateNumberSettingsSchema>;
export type NumberCharges = z.infer<typeof numberChargesSchema>;
export type ImportNumbersInput = z.input<typeof importNumbersSchema>;
export type ImportedNumbers = z.infer<typeof importedNumbersSchema>;
