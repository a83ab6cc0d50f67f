import { getMargins } from '@/lib/services/margins/get-margins';
import { marginQuerySchema, marginsSchema } from '@/lib/services/margins/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'What calls earned in a period, and what of it was kept',
  description:
    'Of the caller’s own account: what it was paid and what it paid, by destination, account or (the operator) carrier.',
  permission: 'margins.read',
  query: marginQuerySchema,
  response: marginsSchema,
})(({ context, input }) => getMargins(context, input.query));
