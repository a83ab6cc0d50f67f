import { createBan } from '@/lib/services/bans/create-ban';
import { listBans } from '@/lib/services/bans/list-bans';
import {
  banPageSchema,
  banSchema,
  createBanSchema,
  listBansSchema,
} from '@/lib/services/bans/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the addresses that are shut out of SIP now',
  permission: 'bans.read',
  query: listBansSchema,
  response: banPageSchema,
})(({ context, input }) => listBans(context, input.query));

export const POST = route({
  summary: 'Ban an address or a range; trunks and allowed addresses in it stay allowed',
  permission: 'bans.write',
  body: createBanSchema,
  response: banSchema,
  status: 201,
  idempotency: 'optional',
})(async ({ context, input }) => {
  const ban = await createBan(context, input.body);
  return created(ban, `/api/v1/bans/${ban.id}`);
});
