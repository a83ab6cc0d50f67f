import { expect, test } from 'vitest';
import {
  type AccountForm,
  accountChangeOf,
  accountFormSchema,
  NO_DECK,
  typedAmount,
} from '@/components/accounts/account-form-values';

const FORM: AccountForm = {
  name: 'Acme',
  timeZone: 'UTC',
  maxConcurrentCalls: '100',
  maxCallsPerSecond: '5',
  sellDeckId: NO_DECK,
  ownDeckId: NO_DECK,
  walletMode: 'postpaid',
  creditLimit: '50.00',
};

test('what was not changed is not sent, so that nobody is refused what they did not ask for', () => {
  expect(accountChangeOf(FORM, {})).toEqual({});
  expect(accountChangeOf(FORM, { name: true })).toEqual({ name: 'Acme' });
});

test('limits go together, as numbers; no deck goes as null', () => {
  expect(accountChangeOf(FORM, { maxCallsPerSecond: true, sellDeckId: true })).toEqual({
    limits: { maxConcurrentCalls: 100, maxCallsPerSecond: 5 },
    sellDeckId: null,
  });
});

test('an amount is shown with two decimals, and never loses a further one', () => {
  expect(typedAmount('50.000000')).toBe('50.00');
  expect(typedAmount('0.012500')).toBe('0.0125');
  expect(typedAmount('7')).toBe('7.00');
});

test('a limit above what one account may have is refused before it is sent', () => {
  expect(accountFormSchema.safeParse({ ...FORM, maxConcurrentCalls: '10001' }).success).toBe(false);
  expect(accountFormSchema.safeParse({ ...FORM, maxCallsPerSecond: '-1' }).success).toBe(false);
  expect(accountFormSchema.safeParse(FORM).success).toBe(true);
});
