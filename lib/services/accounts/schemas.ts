import { z } from 'zod';
import {
  amountInputSchema,
  countrySchema,
  currencySchema,
  idSchema,
  moneySchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const kindSchema = z.enum(['operator', 'reseller', 'customer']);
const stateSchema = z.enum(['active', 'suspended', 'terminated']);
const billedBySchema = z.enum(['portal', 'external']);
const walletModeSchema = z.enum(['prepaid', 'postpaid']);

const timeZoneSchema = z
  .string()
  .refine(isTimeZone, 'must be an IANA time zone such as Europe/Rome');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The most that a single account may be given; the switch's own bounds lie above it. */
const limitsSchema = z.object({
  maxConcurrentCalls: z.number().int().min(0).max(10_000),
  maxCallsPerSecond: z.number().int().min(0).max(1_000),
});

export const listAccountsSchema = pageQuerySchema.extend({
  parentId: idSchema.optional(),
  kind: kindSchema.optional(),
  state: stateSchema.optional(),
  search: z.string().trim().max(100).optional(),
});

export const createAccountSchema = z.object({
  /** Who sells to it; left out: the caller's own account. */
  parentId: idSchema.optional(),
  kind: kindSchema.exclude(['operator']),
  name: nameSchema,
  billedBy: billedBySchema.default('portal'),
  /** Left out: the parent's. */
  currency: currencySchema.optional(),
  timeZone: timeZoneSchema.default('UTC'),
  country: countrySchema.optional(),
  /** The parent's sell deck at which it buys calls. */
  sellDeckId: idSchema.nullish(),
  /** Another sell deck of the parent's, asked before that one: rates of this account's own. */
  ownDeckId: idSchema.nullish(),
  walletMode: walletModeSchema.default('prepaid'),
  creditLimit: amountInputSchema.default('0'),
  limits: limitsSchema.partial().optional(),
  /** `starting`: it may call its own country, nothing dear, little a day; `none`: what it likes. */
  fraudProfile: z.enum(['starting', 'none']).optional(),
});

export const updateAccountSchema = z.object({
  name: nameSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  state: stateSchema.optional(),
  sellDeckId: idSchema.nullish(),
  /** Its rates of its own: they count before those of the sell deck, whatever prefix that has. */
  ownDeckId: idSchema.nullish(),
  walletMode: walletModeSchema.optional(),
  creditLimit: amountInputSchema.optional(),
  limits: limitsSchema.partial().optional(),
  /** What it must at least earn on a call of 300 s that it sells; null: it sells at any price. */
  marginFloor: amountInputSchema.nullish(),
});

const deckNameSchema = z.object({ id: idSchema, name: z.string() });

export const accountSchema = z.object({
  id: idSchema,
  /** null: the top of what the caller may see. */
  parentId: idSchema.nullable(),
  kind: kindSchema,
  name: z.string(),
  state: stateSchema,
  billedBy: billedBySchema,
  currency: z.string(),
  timeZone: z.string(),
  country: z.string(),
  limits: limitsSchema,
  /** For itself and the operator; null: it sells at any price, or is not for the viewer to know. */
  marginFloor: moneySchema.nullable(),
  /** For those who set it alone: its seller and the operator. */
  sellDeck: deckNameSchema.nullable(),
  /** The deck of its own rates, asked before the sell deck; for the same eyes. */
  ownDeck: deckNameSchema.nullable(),
  /** For the account itself, its seller and the operator. */
  wallet: z
    .object({
      id: idSchema,
      mode: walletModeSchema,
      balance: moneySchema,
      held: moneySchema,
      creditLimit: moneySchema,
      available: moneySchema,
    })
    .nullable(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const accountPageSchema = pageOf(accountSchema);

export type ListAccountsInput = z.input<typeof listAccountsSchema>;
export type CreateAccountInput = z.input<typeof createAccountSchema>;
export type UpdateAccountInput = z.input<typeof updateAccountSchema>;
export type UpdateAccountData = z.output<typeof updateAccountSchema>;
export type WireAccount = z.infer<typeof accountSchema>;
