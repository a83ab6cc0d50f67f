import { createNumberPrice } from '@/lib/services/number-prices/create-number-price';
import { listNumberPrices } from '@/lib/services/number-prices/list-number-prices';
import {
  createNumberPriceSchema,
  listNumberPricesSchema,
  numberPricePageSchema,
  numberPriceSchema,
} from '@/lib/services/number-prices/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the own prices for numbers',
  permission: 'numbers.sell',
  query: listNumberPricesSchema,
  response: numberPricePageSchema,
})(({ context, input }) => listNumberPrices(context, input.query));

export const POST = route({
  summary: 'Add a price for numbers',
  permission: 'numbers.sell',
  body: createNumberPriceSchema,
  response: numberPriceSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT', 'USAGE_EXCEEDS_LIMIT'],
})(({ context, input }) => createNumberPrice(context, input.body));
