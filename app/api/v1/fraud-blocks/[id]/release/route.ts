import { z } from 'zod';
import { releaseFraudBlock } from '@/lib/services/fraud/release-fraud-block';
import { fraudBlockSchema } from '@/lib/services/fraud/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const POST = route({
  summary: 'Let whoever is blocked call out again; releasing twice changes nothing',
  permission: 'fraud.release',
  params: z.object({ id: idSchema }),
  response: fraudBlockSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => releaseFraudBlock(context, input.params.id));
