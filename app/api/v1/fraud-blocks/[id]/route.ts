import { z } from 'zod';
import { getFraudBlock } from '@/lib/services/fraud/get-fraud-block';
import { fraudBlockSchema } from '@/lib/services/fraud/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Get a block, also one that was released',
  permission: 'fraud.read',
  params: z.object({ id: idSchema }),
  response: fraudBlockSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getFraudBlock(context, input.params.id));
