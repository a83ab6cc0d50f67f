import { z } from 'zod';
import { resetSecret } from '@/lib/services/extensions/reset-secret';
import { revealedSecretSchema } from '@/lib/services/extensions/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

/** Takes no Idempotency-Key: the answer holds the secret, which is stored nowhere in clear. */
export const POST = route({
  summary: "Replace an extension's secret by a generated one, shown this once",
  permission: 'extensions.reveal',
  params: z.object({ id: idSchema }),
  response: revealedSecretSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => resetSecret(context, input.params.id));
