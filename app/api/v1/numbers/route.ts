import { createNumber } from '@/lib/services/numbers/create-number';
import { listNumbers } from '@/lib/services/numbers/list-numbers';
import {
  createNumberSchema,
  listNumbersSchema,
  numberPageSchema,
  numberSchema,
} from '@/lib/services/numbers/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List numbers',
  permission: 'numbers.read',
  query: listNumbersSchema,
  response: numberPageSchema,
})(({ context, input }) => listNumbers(context, input.query));

export const POST = route({
  summary: 'Add a number to the stock (operator)',
  permission: 'numbers.write',
  body: createNumberSchema,
  response: numberSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const number = await createNumber(context, input.body);
  return created(number, `/api/v1/numbers/${number.id}`);
});
