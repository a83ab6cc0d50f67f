import { z } from 'zod';
import { MAX_CLASS_PREFIX_DIGITS } from '@/lib/core/destinations/classify';
import { destinationClassSchema } from '@/lib/services/limits/schemas';
import {
  idSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

export const listDestinationPrefixesSchema = pageQuerySchema;

export const createDestinationPrefixSchema = z.object({
  /** Digits of E.164 without "+". */
  prefix: z
    .string()
    .trim()
    .regex(/^[1-9]\d*$/, 'must be digits without "+"')
    .max(MAX_CLASS_PREFIX_DIGITS),
  class: destinationClassSchema,
  note: z.string().trim().max(200).default(''),
});

export const destinationPrefixSchema = z.object({
  id: idSchema,
  prefix: z.string(),
  class: destinationClassSchema,
  /** What the built-in table says without it. */
  builtIn: destinationClassSchema,
  note: z.string(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const destinationPrefixPageSchema = pageOf(destinationPrefixSchema);

export type ListDestinationPrefixesInput = z.input<typeof listDestinationPrefixesSchema>;
export type CreateDestinationPrefixInput = z.input<typeof createDestinationPrefixSchema>;
export type WireDestinationPrefix = z.infer<typeof destinationPrefixSchema>;
