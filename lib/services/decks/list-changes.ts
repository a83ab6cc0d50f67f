import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { findDeck, versionOf } from './find-deck';
import { baseOf, NO_VERSION } from './get-diff';
import { listChangesSql, successorsSql } from './internal/diff-sql';
import { toWireRate } from './internal/rates';
import {
  CHANGE_KINDS,
  type ChangeKind,
  type ListChangesInput,
  listChangesSchema,
  type WireDeckChange,
  type WireRate,
} from './schemas';

interface ChangeRow {
  readonly prefix: string;
  readonly reverseBilled: boolean;
  readonly band: number;
  readonly kind: ChangeKind;
  readonly newId: bigint | null;
  readonly oldId: bigint | null;
  readonly isBlocked: boolean;
}

/** The prefixes that differ between two versions, with their rates before and after. */
export async function listChanges(
  context: ServiceContext,
  deckId: string,
  input: ListChangesInput,
): Promise<Page<WireDeckChange>> {
  authorize(context, 'decks.read');
  const query = parseInput(listChangesSchema, input);
  const { database, clock } = context;
  const deck = await findDeck(database.prisma, context, deckId);
  const version = versionOf(deck, query.version);
  const base = baseOf(deck, version, query.from);
  const now = new Date(clock.nowMs());
  const [prefix, reverse, band] = query.cursor ? decodeCursor(query.cursor, 3) : [];
  const { search } = query;
  const { rows } = await database.pool.query<ChangeRow>(listChangesSql, [
    version.id,
    base?.id ?? NO_VERSION,
    now,
    query.kind?.split(',') ?? CHANGE_KINDS.filter((kind) => kind !== 'unchanged'),
    search ? `%${search.replace(/[\\%_]/g, '\\$&')}%` : null,
    search ? search.replace(/^\+/, '') : null,
    prefix ?? null,
    reverse === 'true',
    /^\d{1,4}$/.test(band ?? '') ? Number(band) : 0,
    query.limit + 1,
  ]);
  const views = await viewsOf(context, rows.slice(0, query.limit), { versionId: version.id, now });
  const page = toPage(rows, query.limit, {
    keyOf: (row) => [row.prefix, String(row.reverseBilled), String(row.band)],
    toItem: (row) => row,
  });
  return { items: views, nextCursor: page.nextCursor };
}

async function viewsOf(
  { database }: ServiceContext,
  rows: readonly ChangeRow[],
  { versionId, now }: { readonly versionId: string; readonly now: Date },
): Promise<WireDeckChange[]> {
  const closed = rows.filter((row) => row.kind === 'closed' && !row.isBlocked);
  const { rows: successors } = await database.pool.query<{
    prefix: string;
    reverseBilled: boolean;
    id: bigint;
    blocked: boolean;
  }>(successorsSql, [
    versionId,
    closed.map((row) => row.prefix),
    now,
    closed.map((row) => row.reverseBilled),
  ]);
  const heirs = new Map(
    successors
      .filter((one) => !one.blocked)
      .map((one) => [`${one.prefix} ${one.reverseBilled}`, one.id]),
  );
  const heirOf = (row: ChangeRow): bigint | null =>
    heirs.get(`${row.prefix} ${row.reverseBilled}`) ?? null;
  const ids = rows.flatMap((row) => [row.newId, row.oldId, heirOf(row)]);
  const rates = await database.prisma.rate.findMany({
    where: { id: { in: ids.filter((id) => id !== null) } },
  });
  const wire = new Map<bigint, WireRate>(rates.map((rate) => [rate.id, toWireRate(rate)]));
  const rateOf = (id: bigint | null): WireRate | null =>
    id === null ? null : (wire.get(id) ?? null);
  return rows.map((row) => {
    const before = rateOf(row.oldId);
    const after = rateOf(row.newId);
    return {
      prefix: row.prefix,
      destination: after?.destination ?? before?.destination ?? '',
      kind: row.kind,
      before,
      after,
      successor: row.kind === 'closed' && !row.isBlocked ? rateOf(heirOf(row)) : null,
    };
  });
}
