import { z } from 'zod';
import { deleteContact } from '@/lib/services/contacts/delete-contact';
import { getContact } from '@/lib/services/contacts/get-contact';
import { contactSchema, updateContactSchema } from '@/lib/services/contacts/schemas';
import { updateContact } from '@/lib/services/contacts/update-contact';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

const params = z.object({ id: idSchema });

export const GET = route({
  summary: 'Get a contact',
  permission: 'contacts.read',
  params,
  response: contactSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => getContact(context, input.params.id));

export const PATCH = route({
  summary: 'Change a contact',
  permission: 'contacts.write',
  params,
  body: updateContactSchema,
  response: contactSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => updateContact(context, input.params.id, input.body));

export const DELETE = route({
  summary: 'Delete a contact',
  permission: 'contacts.write',
  params,
  response: z.null(),
  status: 204,
  errors: ['NOT_FOUND'],
})(async ({ context, input }) => {
  await deleteContact(context, input.params.id);
  return null;
});
