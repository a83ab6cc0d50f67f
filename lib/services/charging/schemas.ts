import { z } from 'zod';
import { idSchema, timestampSchema } from '@/lib/services/wire/schemas';

/** Charges of calls that began in [from, to). */
export const replaySchema = z
  .object({
    from: timestampSchema,
    to: timestampSchema,
    /** Left out: each charge is rated by its own snapshot. */
    deckVersionId: idSchema.optional(),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'the period ends before it begins');

export const correctionSchema = z.object({
  /** Shown on the statements of those concerned. */
  reason: z.string().trim().min(1, 'must say why').max(200),
});

export type ReplayInput = z.input<typeof replaySchema>;
export type CorrectionInput = z.input<typeof correctionSchema>;
