import { z } from 'zod';
import { listRegistrationEvents } from '@/lib/services/registrations/list-registration-events';
import { registrationEventPageSchema } from '@/lib/services/registrations/schemas';
import { idSchema, pageQuerySchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List when the phones of an extension came and were lost',
  description: 'The latest first, of the last 30 days. Refreshes are not told.',
  permission: 'extensions.read',
  params: z.object({ id: idSchema }),
  query: pageQuerySchema,
  response: registrationEventPageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listRegistrationEvents(context, input.params.id, input.query));
