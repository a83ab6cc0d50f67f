import { z } from 'zod';
import {
  idSchema,
  moneySchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/** What a person or a billing system may post to a wallet; calls are posted by the switch. */
export const walletPostingKindSchema = z.enum(['opening_balance', 'top_up', 'adjustment']);

export const postToWalletSchema = z.object({
  kind: walletPostingKindSchema,
  /** Up to six decimals; negative takes money out. */
  amount: z
    .string()
    .regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string such as "12.50" or "-3"')
    .refine((text) => /[1-9]/.test(text), 'must not be zero'),
  /** Shown on the statement. */
  reason: z.string().trim().min(1, 'must say why').max(200),
  /** The caller's own: the same key posts once. */
  idempotencyKey: z.string().min(1).max(100),
});

export const ledgerKindSchema = z.enum([
  'call',
  'subscription',
  'number',
  'opening_balance',
  'top_up',
  'adjustment',
]);

/** A line of a wallet's statement. */
export const statementLineSchema = z.object({
  transactionId: idSchema,
  kind: ledgerKindSchema,
  /** The call or whatever else it is about. */
  subjectId: idSchema.nullable(),
  reason: z.string().nullable(),
  amount: moneySchema,
  balanceAfter: moneySchema,
  createdAt: timestampSchema,
});

export const statementPageSchema = pageOf(statementLineSchema);
export const statementQuerySchema = pageQuerySchema;

export type PostToWalletInput = z.input<typeof postToWalletSchema>;
export type WalletPostingKind = z.infer<typeof walletPostingKindSchema>;
export type StatementLine = z.infer<typeof statementLineSchema>;
export type StatementQuery = z.input<typeof statementQuerySchema>;
