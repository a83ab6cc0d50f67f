import { z } from 'zod';
import {
  idSchema,
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
  /** Any part of the number. */
  search: z.string().trim().max(20).optional(),
});

export const createNumberSchema = z.object({
  e164: e164InputSchema,
  /** Whose it is; left out: the operator's stock. */
  accountId: idSchema.optional(),
  state: z.enum(['discovered', 'available', 'reserved', 'port_in']).default('available'),
});

export const updateNumberSchema = z.object({
  /** Whose it is to be: the caller's own account or one that it sells to. Takes it out of use. */
  accountId: idSchema.optional(),
  state: numberStateSchema.optional(),
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
  e164: z.string(),
  state: numberStateSchema,
  tenant: z.object({ id: idSchema, domain: z.string() }).nullable(),
  extension: z.object({ id: idSchema, number: z.string(), name: z.string() }).nullable(),
  trunk: z.object({ id: idSchema, name: z.string() }).nullable(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const numberPageSchema = pageOf(numberSchema);

export type NumberState = z.infer<typeof numberStateSchema>;
export type ListNumbersInput = z.input<typeof listNumbersSchema>;
export type CreateNumberInput = z.input<typeof createNumberSchema>;
export type UpdateNumberInput = z.input<typeof updateNumberSchema>;
export type AssignNumberInput = z.input<typeof assignNumberSchema>;
export type WireNumber = z.infer<typeof numberSchema>;
