import { createAccount } from '@/lib/services/accounts/create-account';
import { listAccounts } from '@/lib/services/accounts/list-accounts';
import {
  accountPageSchema,
  accountSchema,
  createAccountSchema,
  listAccountsSchema,
} from '@/lib/services/accounts/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List accounts of your subtree',
  permission: 'accounts.read',
  query: listAccountsSchema,
  response: accountPageSchema,
})(({ context, input }) => listAccounts(context, input.query));

export const POST = route({
  summary: 'Create a reseller or customer, with its wallet',
  permission: 'accounts.write',
  body: createAccountSchema,
  response: accountSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  const account = await createAccount(context, input.body);
  return created(account, `/api/v1/accounts/${account.id}`);
});
