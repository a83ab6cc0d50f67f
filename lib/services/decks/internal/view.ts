import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { Actor, ServiceContext } from '@/lib/services/context';
import type { WireDeck } from '@/lib/services/decks/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const deckInclude = {
  account: { select: { name: true } },
  versions: { include: { _count: { select: { rates: true } } }, orderBy: { version: 'desc' } },
  _count: { select: { buyers: true, carriers: true } },
} satisfies Prisma.RateDeckInclude;

export type DeckRow = Prisma.RateDeckGetPayload<{ include: typeof deckInclude }>;

/**
 * Whose decks the caller may see: its own; the operator everybody's. A reseller never sees what
 * its children sell for (DESIGN, "Who sees what").
 */
export function visibleDecks(actor: Actor): Prisma.RateDeckWhereInput {
  if (actor.kind === 'system' || actor.accountKind === 'operator') {
    return { account: inSubtree(actor) };
  }
  return { accountId: actor.accountId };
}

/** A deck that the caller may see. Throws NOT_FOUND for any other. */
export async function findDeck(
  tx: Tx,
  { actor }: ServiceContext,
  deckId: string,
): Promise<DeckRow> {
  const row = isUuid(deckId)
    ? await tx.rateDeck.findFirst({
        where: { id: deckId, AND: [visibleDecks(actor)] },
        include: deckInclude,
      })
    : null;
  if (row === null) throw notFound('rate deck');
  return row;
}

/** The same, locked until the transaction ends: versions are made and activated one at a time. */
export async function lockDeck(tx: Tx, context: ServiceContext, deckId: string): Promise<DeckRow> {
  if (!isUuid(deckId)) throw notFound('rate deck');
  await tx.$queryRaw`SELECT 1 FROM rate_deck WHERE id = ${deckId}::uuid FOR UPDATE`;
  return await findDeck(tx, context, deckId);
}

/** Views of decks with what the switch has applied of them. */
export async function toWireDecks(
  context: ServiceContext,
  rows: readonly DeckRow[],
): Promise<readonly WireDeck[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'rate_deck', ids);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    accountName: row.account.name,
    kind: row.kind,
    name: row.name,
    currency: row.currency,
    rounding: row.rounding,
    activeVersion: row.versions.find((one) => one.id === row.activeVersionId)?.version ?? null,
    versions: row.versions.map((one) => ({
      id: one.id,
      version: one.version,
      state: one.status,
      rateCount: one._count.rates,
      activatedAt: one.activatedAt?.toISOString() ?? null,
      createdAt: one.createdAt.toISOString(),
    })),
    usedBy: { accounts: row._count.buyers, carriers: row._count.carriers },
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
