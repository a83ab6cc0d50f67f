import { createVerifiedNumber } from '@/lib/services/verified-numbers/create-verified-number';
import { listVerifiedNumbers } from '@/lib/services/verified-numbers/list-verified-numbers';
import {
  createVerifiedNumberSchema,
  listVerifiedNumbersSchema,
  verifiedNumberPageSchema,
  verifiedNumberSchema,
} from '@/lib/services/verified-numbers/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the numbers of others that tenants have proven to be theirs to show',
  permission: 'numbers.read',
  query: listVerifiedNumbersSchema,
  response: verifiedNumberPageSchema,
})(({ context, input }) => listVerifiedNumbers(context, input.query));

export const POST = route({
  summary: 'Confirm that a number of somebody else is a tenant’s to show as its caller ID',
  permission: 'numbers.verify',
  body: createVerifiedNumberSchema,
  response: verifiedNumberSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const verified = await createVerifiedNumber(context, input.body);
  return created(verified, `/api/v1/verified-numbers/${verified.id}`);
});
