import { z } from 'zod';
import { resetTrunkSecret } from '@/lib/services/trunks/reset-trunk-secret';
import { trunkSecretSchema } from '@/lib/services/trunks/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

/** Takes no Idempotency-Key: the answer holds the secret, which is stored nowhere in clear. */
export const POST = route({
  summary: 'Give a PBX a new secret, shown this once',
  description: 'Trunks that do not register with us have none: CONFLICT.',
  permission: 'trunks.reveal',
  params: z.object({ id: idSchema }),
  response: trunkSecretSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => resetTrunkSecret(context, input.params.id));
