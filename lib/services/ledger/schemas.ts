import { z } from 'zod';
import {
  idSchema,
  moneySchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/** What must hold of the books, each by its name, in the order in which it is checked. */
export const LEDGER_INVARIANTS = [
  'transactions balance',
  'postings stand in their books',
  'transactions and postings belong together',
  'wallets equal their postings',
  'held funds equal the open holds',
  'open holds belong to live calls',
  'charges equal their postings',
] as const;
export type LedgerInvariant = (typeof LEDGER_INVARIANTS)[number];

/** What a person or a billing system may post to a wallet; calls are posted by the switch. */
export const walletPostingKindSchema = z.enum([
  'opening_balance',
  'top_up',
  'adjustment',
  'credit_note',
]);

export const postToWalletSchema = z
  .object({
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
  })
  .refine(({ kind, amount }) => kind !== 'credit_note' || !amount.startsWith('-'), {
    message: 'a credit note gives back: it must not be negative',
    path: ['amount'],
  });

export const ledgerKindSchema = z.enum([
  'call',
  'subscription',
  'number',
  'opening_balance',
  'top_up',
  'adjustment',
  'correction',
  'credit_note',
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

/** Whether the books are in order, and what was counted. */
export const booksSchema = z.object({
  ok: z.boolean(),
  checkedAt: timestampSchema,
  checks: z.array(
    z.object({
      invariant: z.enum(LEDGER_INVARIANTS),
      ok: z.boolean(),
      /** The first row that breaks it. */
      violation: z.string().nullable(),
    }),
  ),
  figures: z.object({
    books: z.number().int(),
    wallets: z.number().int(),
    transactions: z.number().int(),
    postings: z.number().int(),
    charges: z.number().int(),
    openHolds: z.number().int(),
    liveCalls: z.number().int(),
  }),
});

export type PostToWalletInput = z.input<typeof postToWalletSchema>;
export type WalletPostingKind = z.infer<typeof walletPostingKindSchema>;
export type StatementLine = z.infer<typeof statementLineSchema>;
export type StatementQuery = z.input<typeof statementQuerySchema>;
export type WireBooks = z.infer<typeof booksSchema>;
