import { listWallets } from '@/lib/services/wallets/list-wallets';
import { listWalletsSchema, walletPageSchema } from '@/lib/services/wallets/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List the wallets that the caller pays from or is paid by',
  permission: 'wallets.read',
  query: listWalletsSchema,
  response: walletPageSchema,
})(({ context, input }) => listWallets(context, input.query));
