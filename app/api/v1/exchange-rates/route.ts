import { createExchangeRate } from '@/lib/services/exchange-rates/create-exchange-rate';
import { listExchangeRates } from '@/lib/services/exchange-rates/list-exchange-rates';
import {
  createExchangeRateSchema,
  exchangeRatePageSchema,
  exchangeRateSchema,
  listExchangeRatesSchema,
} from '@/lib/services/exchange-rates/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List what currencies were and are worth in each other',
  permission: 'exchangeRates.read',
  query: listExchangeRatesSchema,
  response: exchangeRatePageSchema,
})(({ context, input }) => listExchangeRates(context, input.query));

/** The same pair from the same moment is said once; see the service. */
export const POST = route({
  summary: 'Say what a currency is worth in another from a moment on',
  description:
    'Calls that begin from then on are converted by it, and keep it. Nothing that was said before is changed.',
  permission: 'exchangeRates.write',
  body: createExchangeRateSchema,
  response: exchangeRateSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['CONFLICT'],
})(({ context, input }) => createExchangeRate(context, input.body));
