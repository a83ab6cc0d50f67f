import { z } from 'zod';
import type { UpdateAccountInput, WireAccount } from '@/lib/services/accounts/schemas';
import { amountInputSchema, nameSchema } from '@/lib/services/wire/schemas';

/** In the place of a deck's id where there is none. */
export const NO_DECK = 'none';

const digitsUpTo = (max: number) =>
  z.string().refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= max, `must be 0 to ${max}`);

/** The deck that a select shows; null: none. */
export const chosenDeck = (value: string): string | null => (value === NO_DECK ? null : value);

/** What is typed about an account; texts, as inputs have them. */
export const accountFormSchema = z.object({
  name: nameSchema,
  timeZone: z.string().trim().min(1, 'must not be empty'),
  maxConcurrentCalls: digitsUpTo(10_000),
  maxCallsPerSecond: digitsUpTo(1_000),
  sellDeckId: z.string(),
  ownDeckId: z.string(),
  walletMode: z.enum(['prepaid', 'postpaid']),
  creditLimit: amountInputSchema,
});
export type AccountForm = z.infer<typeof accountFormSchema>;

/** "50.000000" as people write it: "50.00"; parts of a cent stay. */
export function typedAmount(amount: string): string {
  const [whole = '0', part = ''] = amount.split('.');
  return `${whole}.${part.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** What the form shows at first. */
export function accountFormOf(account: WireAccount): AccountForm {
  return {
    name: account.name,
    timeZone: account.timeZone,
    maxConcurrentCalls: `${account.limits.maxConcurrentCalls}`,
    maxCallsPerSecond: `${account.limits.maxCallsPerSecond}`,
    sellDeckId: account.sellDeck?.id ?? NO_DECK,
    ownDeckId: account.ownDeck?.id ?? NO_DECK,
    walletMode: account.wallet?.mode ?? 'prepaid',
    creditLimit: typedAmount(account.wallet?.creditLimit.amount ?? '0'),
  };
}

/** Which fields were changed. */
export type ChangedFields = Partial<Record<keyof AccountForm, boolean>>;

/** What was changed, and nothing else: what is left out stays, also what the viewer may not set. */
export function accountChangeOf(form: AccountForm, changed: ChangedFields): UpdateAccountInput {
  const hasLimits = changed.maxConcurrentCalls || changed.maxCallsPerSecond;
  return {
    ...(changed.name && { name: form.name }),
    ...(changed.timeZone && { timeZone: form.timeZone }),
    ...(hasLimits && {
      limits: {
        maxConcurrentCalls: Number(form.maxConcurrentCalls),
        maxCallsPerSecond: Number(form.maxCallsPerSecond),
      },
    }),
    ...(changed.sellDeckId && { sellDeckId: chosenDeck(form.sellDeckId) }),
    ...(changed.ownDeckId && { ownDeckId: chosenDeck(form.ownDeckId) }),
    ...(changed.walletMode && { walletMode: form.walletMode }),
    ...(changed.creditLimit && { creditLimit: form.creditLimit }),
  };
}
