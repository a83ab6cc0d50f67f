import { z } from 'zod';
import { getFraudProfile } from '@/lib/services/fraud/get-fraud-profile';
import { fraudProfileSchema, setFraudProfileSchema } from '@/lib/services/fraud/schemas';
import { setFraudProfile } from '@/lib/services/fraud/set-fraud-profile';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get what an account lets nobody below it do',
  permission: 'fraud.read',
  params,
  response: fraudProfileSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getFraudProfile(context, input.params.id));

export const PUT = route({
  summary: 'Set the fraud profile of an account, whole',
  permission: 'fraud.write',
  params,
  body: setFraudProfileSchema,
  response: fraudProfileSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => setFraudProfile(context, input.params.id, input.body));
