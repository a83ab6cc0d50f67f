import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { managedPlans, planInclude, toWirePlan } from './internal/view';
import { type ListPlansInput, listPlansSchema, type WirePlan } from './schemas';

/** The plans that the caller sells, or those that an account may order from its seller. */
export async function listPlans(
  context: ServiceContext,
  input: ListPlansInput = {},
): Promise<Page<WirePlan>> {
  authorize(context, 'plans.read');
  const { cursor, limit, ...query } = parseInput(listPlansSchema, input);
  const { actor, database } = context;
  const and: Prisma.PlanWhereInput[] = [];
  if (query.view === 'own') {
    and.push(managedPlans(actor));
  } else {
    const account = await findAccount(database.prisma, context, query.accountId ?? actor.accountId);
    // The operator buys from nobody; an id that no plan has finds none.
    and.push({ accountId: account.parentId ?? account.id, status: 'active' });
    if (account.parentId === null) and.push({ id: account.id });
  }
  if (query.state) and.push({ status: query.state });
  if (cursor) {
    const [name = '', id = ''] = decodeCursor(cursor, 2);
    and.push({ OR: [{ name: { gt: name } }, { name, id: { gt: id } }] });
  }
  const rows = await database.prisma.plan.findMany({
    where: { AND: and },
    include: planInclude,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  return toPage(rows, limit, {
    keyOf: (row) => [row.name, row.id],
    toItem: (row) => toWirePlan(actor, row),
  });
}
