import { createDestinationPrefix } from '@/lib/services/destinations/create-destination-prefix';
import { listDestinationPrefixes } from '@/lib/services/destinations/list-destination-prefixes';
import {
  createDestinationPrefixSchema,
  destinationPrefixPageSchema,
  destinationPrefixSchema,
  listDestinationPrefixesSchema,
} from '@/lib/services/destinations/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the prefixes whose class the operator has set',
  permission: 'destinations.read',
  query: listDestinationPrefixesSchema,
  response: destinationPrefixPageSchema,
})(({ context, input }) => listDestinationPrefixes(context, input.query));

export const POST = route({
  summary: 'Say what class of destination a prefix is, in place of the built-in table',
  permission: 'destinations.write',
  body: createDestinationPrefixSchema,
  response: destinationPrefixSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['CONFLICT'],
})(async ({ context, input }) => {
  const prefix = await createDestinationPrefix(context, input.body);
  return created(prefix, `/api/v1/destination-prefixes/${prefix.id}`);
});
