import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getContact } from './get-contact';
import { findContact, numberRows } from './internal/view';
import { type UpdateContactInput, updateContactSchema, type WireContact } from './schemas';

/** Changes a contact; numbers that are given take the place of all it had. */
export async function updateContact(
  context: ServiceContext,
  contactId: string,
  input: UpdateContactInput,
): Promise<WireContact> {
  authorize(context, 'contacts.write');
  const { name, company, numbers } = parseInput(updateContactSchema, input);
  const { clock, database } = context;
  await database.prisma.$transaction(async (tx) => {
    const contact = await findContact(tx, context, contactId);
    if (numbers) await tx.contactNumber.deleteMany({ where: { contactId: contact.id } });
    await tx.contact.update({
      where: { id: contact.id },
      data: {
        ...(name === undefined ? {} : { name }),
        ...(company === undefined ? {} : { company }),
        ...(numbers
          ? { numbers: { createMany: { data: numberRows(numbers, clock.nowMs()) } } }
          : {}),
      },
    });
    await recordAudit(tx, context, {
      verb: 'contacts.update',
      objectKind: 'contact',
      objectId: contact.id,
      accountId: contact.accountId,
    });
  });
  return await getContact(context, contactId);
}
