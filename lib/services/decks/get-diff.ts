import { z } from 'zod';
import { authorize, notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { type DeckRow, type DeckVersionRow, findDeck, versionOf } from './find-deck';
import { countChangesSql } from './internal/diff-sql';
import {
  CHANGE_KINDS,
  type ChangeKind,
  changeKindSchema,
  type DiffQuery,
  diffQuerySchema,
  type WireDeckDiff,
} from './schemas';

/** Rates of nothing: what the first version is compared with. */
export const NO_VERSION = '00000000-0000-0000-0000-000000000000';

/** What was counted once is the same for a while: rates begin and end by the clock. */
const COUNTED_FOR_MS = 3_600_000;

const countsSchema = z.object({
  counts: z.record(changeKindSchema, z.number().int()),
  closedWithoutRate: z.number().int(),
});
type Counts = z.output<typeof countsSchema>;

/** How a version differs from the one that is active, or from another: counts by kind. */
export async function getDiff(
  context: ServiceContext,
  deckId: string,
  input: DiffQuery,
): Promise<WireDeckDiff> {
  authorize(context, 'decks.read');
  const query = parseInput(diffQuerySchema, input);
  const { prisma } = context.database;
  const deck = await findDeck(prisma, context, deckId);
  const version = versionOf(deck, query.version);
  const base = baseOf(deck, version, query.from);
  const now = new Date(context.clock.nowMs());
  const told = { version: version.version, from: base?.version ?? null };
  if (base !== null) {
    const ids = { versionId: version.id, baseId: base.id };
    const known = await prisma.deckComparison.findUnique({ where: { versionId_baseId: ids } });
    if (known !== null && now.getTime() - known.countedAt.getTime() < COUNTED_FOR_MS) {
      const counted = countsSchema.parse(known.counts);
      return { ...told, ...counted, countedAt: known.countedAt.toISOString() };
    }
    const counted = await countChanges(context, version.id, base.id);
    await prisma.deckComparison.upsert({
      where: { versionId_baseId: ids },
      create: { ...ids, counts: counted, countedAt: now },
      update: { counts: counted, countedAt: now },
    });
    return { ...told, ...counted, countedAt: now.toISOString() };
  }
  const counted = await countChanges(context, version.id, NO_VERSION);
  return { ...told, ...counted, countedAt: now.toISOString() };
}

/** What a version is compared with. Throws NOT_FOUND for a number that is none. */
export function baseOf(
  deck: DeckRow,
  version: DeckVersionRow,
  from: number | undefined,
): DeckVersionRow | null {
  if (from !== undefined) {
    const found = deck.versions.find((one) => one.version === from);
    if (found === undefined) throw notFound('version of this deck');
    return found;
  }
  const active = deck.versions.find((one) => one.id === deck.activeVersionId);
  if (active !== undefined && active.id !== version.id) return active;
  const earlier = deck.versions.filter((one) => one.version < version.version);
  return earlier.find((one) => one.activatedAt !== null) ?? null;
}

async function countChanges(
  { database, clock }: ServiceContext,
  versionId: string,
  baseId: string,
): Promise<Counts> {
  const { rows } = await database.pool.query<{
    kind: ChangeKind;
    count: number;
    withoutRate: number;
  }>(countChangesSql, [versionId, baseId, new Date(clock.nowMs())]);
  const counts = Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, 0])) as Counts['counts'];
  for (const { kind, count } of rows) counts[kind] = count;
  const closed = rows.find(({ kind }) => kind === 'closed');
  return { counts, closedWithoutRate: closed?.withoutRate ?? 0 };
}
