import { z } from 'zod';
import { e164InputSchema } from '@/lib/services/numbers/schemas';
import {
  idSchema,
  nameSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/** More are a directory, not an address book. */
export const MAX_CONTACTS = 10_000;
const MAX_NUMBERS = 10;

export const listContactsSchema = pageQuerySchema.extend({
  /** Whose; the caller's own account unless given. */
  accountId: idSchema.optional(),
  /** Part of a name, a company or a number. */
  search: z.string().trim().max(100).optional(),
  /** Those who have one of these numbers: E.164, with commas between. */
  numbers: z
    .string()
    .max(1_000)
    .regex(/^(?:\+[1-9]\d{6,14},?)*$/, 'must be E.164 numbers with commas between')
    .optional(),
});

const numberInputSchema = z.object({
  number: e164InputSchema,
  /** "mobile", "desk". */
  label: z.string().trim().max(30).default(''),
});

const numbersSchema = z
  .array(numberInputSchema)
  .min(1, 'has no number')
  .max(MAX_NUMBERS)
  .refine((all) => new Set(all.map(({ number }) => number)).size === all.length, {
    message: 'has a number twice',
  });

const companySchema = z.string().trim().max(100);

export const createContactSchema = z.object({
  /** Whose; the caller's own account unless given. */
  accountId: idSchema.optional(),
  name: nameSchema,
  company: companySchema.default(''),
  numbers: numbersSchema,
});

export const updateContactSchema = z.object({
  name: nameSchema.optional(),
  company: companySchema.optional(),
  /** All of them, in the order in which they are shown. */
  numbers: numbersSchema.optional(),
});

export const contactSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  name: z.string(),
  company: z.string(),
  numbers: z.array(z.object({ number: z.string(), label: z.string() })),
  createdAt: timestampSchema,
});

export const contactPageSchema = pageOf(contactSchema);

export type ListContactsInput = z.input<typeof listContactsSchema>;
export type CreateContactInput = z.input<typeof createContactSchema>;
export type UpdateContactInput = z.input<typeof updateContactSchema>;
export type WireContact = z.infer<typeof contactSchema>;
