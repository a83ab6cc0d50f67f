import { z } from 'zod';
import {
  amountInputSchema,
  currencySchema,
  idSchema,
  moneySchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const modeSchema = z.enum(['prepaid', 'postpaid']);

/** What an account has with the one it buys from. */
export const walletSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  sellerAccountId: idSchema,
  mode: modeSchema,
  balance: moneySchema,
  /** Reserved for calls in progress. */
  held: moneySchema,
  creditLimit: moneySchema,
  /** balance + creditLimit − held: what a further call may reserve. */
  available: moneySchema,
  createdAt: timestampSchema,
});

export const openWalletSchema = z.object({
  accountId: idSchema,
  currency: currencySchema,
  mode: modeSchema.default('prepaid'),
  creditLimit: amountInputSchema.default('0'),
});

export const listWalletsSchema = pageQuerySchema.extend({
  /** Only this account's own. */
  accountId: idSchema.optional(),
});

export const walletPageSchema = pageOf(walletSchema);

export type WireWallet = z.infer<typeof walletSchema>;
export type OpenWalletInput = z.input<typeof openWalletSchema>;
export type ListWalletsInput = z.input<typeof listWalletsSchema>;
