import { z } from 'zod';
import { idSchema, moneySchema, timestampSchema } from '@/lib/services/wire/schemas';

export const overviewQuerySchema = z.object({
  /** Left out: the caller's own account. */
  accountId: idSchema.optional(),
  /** Days of the chart, today included. */
  days: z.coerce.number().int().min(1).max(92).default(30),
});

export const overviewSchema = z.object({
  account: z.object({ id: idSchema, name: z.string(), timeZone: z.string() }),
  /** null where the account buys from nobody, or its funds are not the viewer's business. */
  funds: z
    .object({
      balance: moneySchema,
      held: moneySchema,
      creditLimit: moneySchema,
      available: moneySchema,
      /** What calls cost a day, over the last seven whole days. */
      burnPerDay: moneySchema,
      /** When that would use the funds up; null: not within two years. */
      runsOutAt: timestampSchema.nullable(),
    })
    .nullable(),
  today: z.object({
    calls: z.number().int(),
    answered: z.number().int(),
    /** Talked, answered calls. */
    seconds: z.number().int(),
  }),
  extensions: z.object({ total: z.number().int(), registered: z.number().int() }),
  /** By day in the account's time zone, the oldest first; days without calls are there too. */
  daily: z.array(
    z.object({
      date: z.iso.date(),
      calls: z.number().int(),
      answered: z.number().int(),
      seconds: z.number().int(),
      /** null where `funds` is. */
      spent: moneySchema.nullable(),
    }),
  ),
});

export type OverviewInput = z.input<typeof overviewQuerySchema>;
export type Overview = z.infer<typeof overviewSchema>;
