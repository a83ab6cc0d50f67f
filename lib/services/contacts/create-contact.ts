import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getContact } from './get-contact';
import { numberRows } from './internal/view';
import {
  type CreateContactInput,
  createContactSchema,
  MAX_CONTACTS,
  type WireContact,
} from './schemas';

/**
 * Adds somebody to the address book. Two contacts may bear the same name, or share a number. Throws
 * USAGE_EXCEEDS_LIMIT where the book is full.
 */
export async function createContact(
  context: ServiceContext,
  input: CreateContactInput,
): Promise<WireContact> {
  authorize(context, 'contacts.write');
  const data = parseInput(createContactSchema, input);
  const { actor, clock, database } = context;
  const accountId = data.accountId ?? actor.accountId;
  const id = newId(clock.nowMs());
  await database.prisma.$transaction(async (tx) => {
    const account = await tx.account.findFirst({ where: { id: accountId, ...inSubtree(actor) } });
    if (account === null) throw notFound('account');
    if ((await tx.contact.count({ where: { accountId } })) >= MAX_CONTACTS) {
      throw new AppError('USAGE_EXCEEDS_LIMIT', `The address book holds ${MAX_CONTACTS} contacts.`);
    }
    await tx.contact.create({
      data: {
        ...{ id, accountId, name: data.name, company: data.company },
        numbers: { createMany: { data: numberRows(data.numbers, clock.nowMs()) } },
      },
    });
    await recordAudit(tx, context, {
      verb: 'contacts.create',
      objectKind: 'contact',
      objectId: id,
      accountId,
    });
  });
  return await getContact(context, id);
}
