import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { findContact, toWireContact } from './internal/view';
import type { WireContact } from './schemas';

/** A contact. Throws NOT_FOUND outside the caller's subtree. */
export async function getContact(context: ServiceContext, contactId: string): Promise<WireContact> {
  authorize(context, 'contacts.read');
  return toWireContact(await findContact(context.database.prisma, context, contactId));
}
