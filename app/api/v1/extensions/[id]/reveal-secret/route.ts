import { z } from 'zod';
import { revealSecret } from '@/lib/services/extensions/reveal-secret';
import { revealedSecretSchema } from '@/lib/services/extensions/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

/** Takes no Idempotency-Key: the answer holds the secret, which is stored nowhere in clear. */
export const POST = route({
  summary: "Show an extension's secret, once",
  description: 'A second time is refused with CONFLICT: make a new password instead.',
  permission: 'extensions.reveal',
  params: z.object({ id: idSchema }),
  response: revealedSecretSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => revealSecret(context, input.params.id));
