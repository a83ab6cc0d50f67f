import { z } from 'zod';
import { e164InputSchema } from '@/lib/services/numbers/schemas';
import {
  countrySchema,
  idSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

export const portInStateSchema = z.enum([
  'draft',
  'submitted',
  'info_needed',
  'accepted',
  'scheduled',
  'done',
  'rejected',
  'cancelled',
]);

const lineSchema = z.string().trim().min(1, 'must not be empty').max(100);
const dateSchema = z.iso.date();

/** Numbers of one request at most: a block of a hundred, twice. */
export const MAX_PORTED = 200;
/** A letter of authorisation: some scanned pages. */
export const MAX_LETTER_BYTES = 10 * 1_048_576;
export const LETTER_TYPES = ['application/pdf', 'image/png', 'image/jpeg'] as const;

const formShape = {
  numbers: z
    .array(e164InputSchema)
    .min(1, 'must hold a number')
    .max(MAX_PORTED)
    .transform((numbers) => [...new Set(numbers)].sort()),
  losingCarrier: lineSchema,
  /** As the losing carrier has it: person or company. */
  accountHolder: lineSchema,
  /** The holder's customer number with the losing carrier. */
  accountNumber: z.string().trim().max(60),
  street: lineSchema,
  city: lineSchema,
  region: z.string().trim().max(100),
  postalCode: z.string().trim().min(1, 'must not be empty').max(12),
  country: countrySchema,
  /** The day on which it is to happen; not before tomorrow when it is submitted. */
  wishedOn: dateSchema,
  /** Where the numbers go into service; null: nowhere yet. */
  tenantId: idSchema.nullable(),
  extensionId: idSchema.nullable(),
  trunkId: idSchema.nullable(),
};

export const createPortInSchema = z.object({
  ...formShape,
  /** For whom; left out: the caller's own account. */
  accountId: idSchema.optional(),
  accountNumber: formShape.accountNumber.default(''),
  region: formShape.region.default(''),
  tenantId: formShape.tenantId.default(null),
  extensionId: formShape.extensionId.default(null),
  trunkId: formShape.trunkId.default(null),
});

export const updatePortInSchema = z.object(formShape).partial();

export const movePortInSchema = z.object({
  to: portInStateSchema,
  /** The day it happens; with "scheduled". */
  scheduledOn: dateSchema.optional(),
  /** What the other side is to know; needed where it is asked for something or refused. */
  note: z.string().trim().max(2_000).default(''),
});

export const notePortInSchema = z.object({
  text: z.string().trim().min(1, 'must not be empty').max(2_000),
});

export const listPortInsSchema = pageQuerySchema.extend({
  state: portInStateSchema.optional(),
  accountId: idSchema.optional(),
});

export const portInNoteSchema = z.object({
  id: idSchema,
  at: timestampSchema,
  side: z.enum(['customer', 'operator']),
  /** Who it was; null for a program, and for the operator's people. */
  author: z.string().nullable(),
  /** The state it moved to; null: only said. */
  state: portInStateSchema.nullable(),
  text: z.string(),
});

export const portInSchema = z.object({
  id: idSchema,
  account: z.object({ id: idSchema, name: z.string() }),
  state: portInStateSchema,
  numbers: z.array(z.string()),
  losingCarrier: z.string(),
  accountHolder: z.string(),
  accountNumber: z.string(),
  street: z.string(),
  city: z.string(),
  region: z.string(),
  postalCode: z.string(),
  country: z.string(),
  wishedOn: z.string(),
  scheduledOn: z.string().nullable(),
  tenantId: idSchema.nullable(),
  extensionId: idSchema.nullable(),
  trunkId: idSchema.nullable(),
  letter: z.object({ name: z.string(), type: z.string(), bytes: z.number().int() }).nullable(),
  notes: z.array(portInNoteSchema),
  /** Whether its form may still be changed. */
  isEditable: z.boolean(),
  /** Where the caller can move it now. */
  moves: z.array(portInStateSchema),
  createdAt: timestampSchema,
});
export const portInPageSchema = pageOf(portInSchema.omit({ notes: true }));

export const uploadLetterSchema = z.object({
  /** What the file is called, for whoever reads it. */
  name: z.string().trim().min(1).max(120).default('letter'),
});

export type PortInState = z.infer<typeof portInStateSchema>;
export type CreatePortInInput = z.input<typeof createPortInSchema>;
export type UpdatePortInInput = z.input<typeof updatePortInSchema>;
export type MovePortInInput = z.input<typeof movePortInSchema>;
export type NotePortInInput = z.input<typeof notePortInSchema>;
export type ListPortInsInput = z.input<typeof listPortInsSchema>;
export type WirePortIn = z.infer<typeof portInSchema>;
export type PortInLine = z.infer<typeof portInPageSchema>['items'][number];
export type UploadLetterInput = z.input<typeof uploadLetterSchema>;
