import type { ControlClient } from '@/lib/control/client';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, encodeCursor } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { type PlaceRow, placesSql } from './internal/places-sql';
import { type LimitedSubject, readSubjects } from './internal/subjects';
import { toWireLimits } from './internal/view';
import { LIMIT_SUBJECTS, type ListLimitsInput, listLimitsSchema, type WireLimits } from './schemas';

/**
 * Whoever is or may be limited in the caller's subtree, as a tree: each account with its tenants and
 * trunks, and those extensions and numbers that have limits of their own; then the accounts below it.
 */
export async function listLimits(
  context: ServiceContext,
  control: ControlClient,
  input: ListLimitsInput = {},
): Promise<Page<WireLimits>> {
  authorize(context, 'limits.read');
  const { cursor, limit, accountId, subject } = parseInput(listLimitsSchema, input);
  const { database, actor } = context;
  const path = accountId
    ? (await findAccount(database.prisma, context, accountId)).path
    : actor.accountPath;
  const after = cursor ? decodeCursor(cursor, 3) : ['', '0', ''];
  const { rows } = await database.pool.query<PlaceRow>(placesSql, [
    path,
    subject ?? null,
    ...after,
    limit + 1,
  ]);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: [...(await toWireLimits(context, control, await inOrder(context, shown)))],
    nextCursor: last ? encodeCursor([last.path, `${last.rank}`, last.id]) : null,
  };
}

async function inOrder(
  context: ServiceContext,
  rows: readonly PlaceRow[],
): Promise<readonly LimitedSubject[]> {
  const found = new Map<string, LimitedSubject>();
  for (const subject of LIMIT_SUBJECTS) {
    const ids = rows.filter((row) => row.subject === subject).map(({ id }) => id);
    const subjects = await readSubjects(context.database.prisma, context, { subject, ids });
    for (const one of subjects) found.set(`${subject} ${one.id}`, one);
  }
  return rows.flatMap((row) => found.get(`${row.subject} ${row.id}`) ?? []);
}
