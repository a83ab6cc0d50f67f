import { z } from 'zod';
import { postToWallet } from '@/lib/services/ledger/post-to-wallet';
import { postToWalletSchema } from '@/lib/services/ledger/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

/** Idempotent by the key in its body, which lasts as long as the posting. */
export const POST = route({
  summary: 'Post a top-up or a correction to a wallet that the caller keeps',
  permission: 'wallets.adjust',
  params: z.object({ id: idSchema }),
  body: postToWalletSchema,
  response: z.object({ transactionId: idSchema, repeated: z.boolean() }),
  errors: ['NOT_FOUND', 'INSUFFICIENT_FUNDS', 'IDEMPOTENCY_KEY_REUSED'],
})(({ context, input }) => postToWallet(context, input.params.id, input.body));
