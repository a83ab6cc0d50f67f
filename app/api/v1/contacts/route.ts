import { createContact } from '@/lib/services/contacts/create-contact';
import { listContacts } from '@/lib/services/contacts/list-contacts';
import {
  contactPageSchema,
  contactSchema,
  createContactSchema,
  listContactsSchema,
} from '@/lib/services/contacts/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List contacts by name',
  description: 'Of the caller’s own account unless told. `numbers` finds the names of numbers.',
  permission: 'contacts.read',
  query: listContactsSchema,
  response: contactPageSchema,
})(({ context, input }) => listContacts(context, input.query));

export const POST = route({
  summary: 'Add a contact',
  permission: 'contacts.write',
  body: createContactSchema,
  response: contactSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'USAGE_EXCEEDS_LIMIT'],
})(async ({ context, input }) => {
  const contact = await createContact(context, input.body);
  return created(contact, `/api/v1/contacts/${contact.id}`);
});
