import { z } from 'zod';
import { getLimits } from '@/lib/services/limits/get-limits';
import { limitsSchema, setLimitsSchema } from '@/lib/services/limits/schemas';
import { setLimits } from '@/lib/services/limits/set-limits';
import { idSchema } from '@/lib/services/wire/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Show the limits of the trunk, and what is used of them now',
  permission: 'limits.read',
  params,
  response: limitsSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) =>
  getLimits(context, controlClient(), { subject: 'trunk', id: input.params.id }),
);

export const PATCH = route({
  summary: 'Set limits of the trunk; what is left out stays, null takes one away',
  permission: 'limits.write',
  params,
  body: setLimitsSchema,
  response: limitsSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) =>
  setLimits(context, controlClient(), {
    ...{ subject: 'trunk', id: input.params.id },
    input: input.body,
  }),
);
