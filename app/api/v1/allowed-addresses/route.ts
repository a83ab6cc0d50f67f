import { allowAddress } from '@/lib/services/bans/allow-address';
import { listAllowedAddresses } from '@/lib/services/bans/list-allowed-addresses';
import {
  allowAddressSchema,
  allowedAddressPageSchema,
  allowedAddressSchema,
  listBansSchema,
} from '@/lib/services/bans/schemas';
import { reply } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the addresses that are never banned',
  permission: 'bans.read',
  query: listBansSchema,
  response: allowedAddressPageSchema,
})(({ context, input }) => listAllowedAddresses(context, input.query));

export const POST = route({
  summary: 'Exempt an address or a range from limits and bans',
  permission: 'bans.write',
  body: allowAddressSchema,
  response: allowedAddressSchema,
  status: 201,
  idempotency: 'optional',
})(async ({ context, input }) => {
  const allowed = await allowAddress(context, input.body);
  return reply(allowed, { status: 201, generation: allowed.generation });
});
