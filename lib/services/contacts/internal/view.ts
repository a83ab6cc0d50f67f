import { isUuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { WireContact } from '@/lib/services/contacts/schemas';
import type { ServiceContext } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';

export const contactInclude = {
  numbers: { select: { number: true, label: true }, orderBy: { position: 'asc' } },
} satisfies Prisma.ContactInclude;

export type ContactRow = Prisma.ContactGetPayload<{ include: typeof contactInclude }>;

/** A contact in the caller's subtree. Throws NOT_FOUND for any other. */
export async function findContact(
  tx: Tx,
  { actor }: ServiceContext,
  contactId: string,
): Promise<ContactRow> {
  const row = isUuid(contactId)
    ? await tx.contact.findFirst({
        where: { id: contactId, account: inSubtree(actor) },
        include: contactInclude,
      })
    : null;
  if (row === null) throw notFound('contact');
  return row;
}

/** A contact's numbers as they are written down. */
export function numberRows(
  numbers: readonly { readonly number: string; readonly label: string }[],
  nowMs: number,
): Prisma.ContactNumberCreateManyContactInput[] {
  return numbers.map(({ number, label }, position) => ({
    id: newId(nowMs),
    ...{ number, label, position },
  }));
}

export function toWireContact(row: ContactRow): WireContact {
  const { id, accountId, name, company, numbers, createdAt } = row;
  return { id, accountId, name, company, numbers, createdAt: createdAt.toISOString() };
}
