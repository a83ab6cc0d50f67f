import { authorize, inSubtree } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { contactInclude, toWireContact } from './internal/view';
import { type ListContactsInput, listContactsSchema, type WireContact } from './schemas';

/** An account's contacts by name; of another account only below the caller's. */
export async function listContacts(
  context: ServiceContext,
  input: ListContactsInput = {},
): Promise<Page<WireContact>> {
  authorize(context, 'contacts.read');
  const { actor, database } = context;
  const { cursor, limit, search, numbers, accountId } = parseInput(listContactsSchema, input);
  const [afterName = '', afterId = ''] = cursor ? decodeCursor(cursor, 2) : [];
  const rows = await database.prisma.contact.findMany({
    where: {
      AND: [
        { account: inSubtree(actor), accountId: accountId ?? actor.accountId },
        search ? matching(search) : {},
        numbers === undefined
          ? {}
          : { numbers: { some: { number: { in: numbers.split(',').filter(Boolean) } } } },
        cursor
          ? { OR: [{ name: { gt: afterName } }, { name: afterName, id: { gt: afterId } }] }
          : {},
      ],
    },
    include: contactInclude,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, { keyOf: ({ name, id }) => [name, id], toItem: toWireContact });
}

function matching(search: string): Prisma.ContactWhereInput {
  const digits = search.replace(/\D/g, '');
  return {
    OR: [
      { name: { contains: search, mode: 'insensitive' } },
      { company: { contains: search, mode: 'insensitive' } },
      ...(digits === '' ? [] : [{ numbers: { some: { number: { contains: digits } } } }]),
    ],
  };
}
