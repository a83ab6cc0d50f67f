import { listRegistrations } from '@/lib/services/registrations/list-registrations';
import {
  listRegistrationsSchema,
  registrationPageSchema,
} from '@/lib/services/registrations/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List phones that are registered, the latest first',
  description:
    'Written by the switch a moment after it happened. An extension may have several phones, and a phone several flows (RFC 5626).',
  permission: 'extensions.read',
  query: listRegistrationsSchema,
  response: registrationPageSchema,
})(({ context, input }) => listRegistrations(context, input.query));
