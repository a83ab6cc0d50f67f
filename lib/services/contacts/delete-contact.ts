import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { findContact } from './internal/view';

/** Removes a contact; calls keep their numbers. Throws NOT_FOUND outside the caller's subtree. */
export async function deleteContact(context: ServiceContext, contactId: string): Promise<void> {
  authorize(context, 'contacts.write');
  await context.database.prisma.$transaction(async (tx) => {
    const contact = await findContact(tx, context, contactId);
    await tx.contact.delete({ where: { id: contact.id } });
    await recordAudit(tx, context, {
      verb: 'contacts.delete',
      objectKind: 'contact',
      objectId: contact.id,
      accountId: contact.accountId,
    });
  });
}
