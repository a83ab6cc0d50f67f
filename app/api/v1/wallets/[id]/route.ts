import { z } from 'zod';
import { getWallet } from '@/lib/services/wallets/get-wallet';
import { walletSchema } from '@/lib/services/wallets/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get a wallet: what is there, what is held, what is free',
  permission: 'wallets.read',
  params: z.object({ id: idSchema }),
  response: walletSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getWallet(context, input.params.id));
