import { listOffers } from '@/lib/services/numbers/list-offers';
import { listOffersSchema, numberOfferPageSchema } from '@/lib/services/numbers/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Search numbers that can be ordered, at what they cost the account',
  permission: 'numbers.read',
  query: listOffersSchema,
  response: numberOfferPageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listOffers(context, input.query));
