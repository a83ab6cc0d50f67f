import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { Actor, ServiceContext } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';

/** What verbs read of a deck: its versions, the newest first. */
export const deckInclude = {
  account: { select: { name: true, timeZone: true } },
  versions: { orderBy: { version: 'desc' } },
  _count: { select: { buyers: true, ownBuyers: true, carriers: true } },
} satisfies Prisma.RateDeckInclude;

export type DeckRow = Prisma.RateDeckGetPayload<{ include: typeof deckInclude }>;
export type DeckVersionRow = DeckRow['versions'][number];

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
  { actor }: Pick<ServiceContext, 'actor'>,
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
export async function lockDeck(
  tx: Tx,
  context: Pick<ServiceContext, 'actor'>,
  deckId: string,
): Promise<DeckRow> {
  if (!isUuid(deckId)) throw notFound('rate deck');
  await tx.$queryRaw`SELECT 1 FROM rate_deck WHERE id = ${deckId}::uuid FOR UPDATE`;
  return await findDeck(tx, context, deckId);
}

/** A version of a deck by its number; the active one, else the newest, where none is named. */
export function versionOf(deck: DeckRow, version?: number): DeckVersionRow {
  const found =
    version === undefined
      ? (deck.versions.find((one) => one.id === deck.activeVersionId) ?? deck.versions[0])
      : deck.versions.find((one) => one.version === version);
  if (found === undefined) throw notFound('version of this deck');
  return found;
}
