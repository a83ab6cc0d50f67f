import { listLimits } from '@/lib/services/limits/list-limits';
import { limitsPageSchema, listLimitsSchema } from '@/lib/services/limits/schemas';
import { controlClient } from '@/lib/web/control';
import { route } from '@/lib/web/route';

export const GET = route({
  summary:
    'List limits as a tree: accounts, their tenants and trunks, extensions and numbers with any',
  description:
    'Every level counts and the strictest decides. `used` is what goes on now, null while the switch does not answer.',
  permission: 'limits.read',
  query: listLimitsSchema,
  response: limitsPageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listLimits(context, controlClient(), input.query));
