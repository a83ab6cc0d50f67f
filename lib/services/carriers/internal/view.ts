import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import type { WireCarrier } from '@/lib/services/carriers/schemas';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import type { Prisma } from '@/prisma/generated/client';

export const carrierInclude = {
  buyDeck: { select: { id: true, name: true, currency: true } },
  trunks: { select: { id: true, name: true }, orderBy: { name: 'asc' } },
} satisfies Prisma.CarrierInclude;

export type CarrierRow = Prisma.CarrierGetPayload<{ include: typeof carrierInclude }>;

/** A carrier of the caller's. Throws NOT_FOUND for any other. */
export async function findCarrier(
  tx: Tx,
  { actor }: ServiceContext,
  carrierId: string,
): Promise<CarrierRow> {
  const row = isUuid(carrierId)
    ? await tx.carrier.findFirst({
        where: { id: carrierId, account: inSubtree(actor) },
        include: carrierInclude,
      })
    : null;
  if (row === null) throw notFound('carrier');
  return row;
}

/** Throws unless it is a buy deck of the account. */
export async function requireBuyDeck(tx: Tx, accountId: string, deckId: string): Promise<void> {
  const deck = await tx.rateDeck.findFirst({ where: { id: deckId, accountId } });
  if (deck === null) throw notFound('rate deck');
  if (deck.kind === 'buy') return;
  throw new AppError('INVALID_INPUT', `"${deck.name}" is a sell deck: a carrier needs a buy deck.`);
}

/** Views of carriers with what the switch has applied of them. */
export async function toWireCarriers(
  context: ServiceContext,
  rows: readonly CarrierRow[],
): Promise<readonly WireCarrier[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'carrier', ids);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    buyDeck: row.buyDeck,
    trunks: row.trunks,
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}
