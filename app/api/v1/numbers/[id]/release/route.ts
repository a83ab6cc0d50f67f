import { z } from 'zod';
import { releaseNumber } from '@/lib/services/numbers/release-number';
import { releasedNumberSchema, releaseNumberSchema } from '@/lib/services/numbers/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Give a number back; it rests before anybody else gets it',
  permission: 'numbers.order',
  params: z.object({ id: idSchema }),
  body: releaseNumberSchema,
  response: releasedNumberSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => releaseNumber(context, input.params.id, input.body));
