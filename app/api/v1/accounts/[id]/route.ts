import { z } from 'zod';
import { getAccount } from '@/lib/services/accounts/get-account';
import { accountSchema, updateAccountSchema } from '@/lib/services/accounts/schemas';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { idSchema } from '@/lib/services/wire/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get an account',
  permission: 'accounts.read',
  params,
  response: accountSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getAccount(context, input.params.id));

export const PATCH = route({
  summary: 'Change an account: name, state, limits, deck, credit',
  permission: 'accounts.write',
  params,
  body: updateAccountSchema,
  response: accountSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const account = await updateAccount(context, input.params.id, input.body);
  return reply(account, { generation: account.generation });
});
