import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { UpdateAccountData } from '@/lib/services/accounts/schemas';

interface Buyer {
  readonly sellerId: string;
  readonly currency: string;
}

/** At which decks an account is to buy: null, or left out, where it gets none. */
interface WantedDecks {
  readonly sellDeckId?: string | null | undefined;
  readonly ownDeckId?: string | null | undefined;
}

/** Throws unless each is a sell deck of the seller's, in a currency that the buyer's wallet can pay. */
export async function requireSellDecks(tx: Tx, buyer: Buyer, wanted: WantedDecks): Promise<void> {
  for (const deckId of [wanted.sellDeckId, wanted.ownDeckId]) {
    if (deckId) await requireSellDeck(tx, buyer, deckId);
  }
}

/** Throws where a deck would come before itself. */
export function checkTwoDecks({ sellDeckId, ownDeckId }: WantedDecks): void {
  if (!ownDeckId || ownDeckId !== sellDeckId) return;
  throw new AppError(
    'INVALID_INPUT',
    'Rates of its own stand in another deck than the one they are to come before.',
  );
}

async function requireSellDeck(tx: Tx, wanted: Buyer, deckId: string): Promise<void> {
  const deck = await tx.rateDeck.findFirst({
    where: { id: deckId, accountId: wanted.sellerId },
  });
  if (deck === null) throw notFound('rate deck');
  if (deck.kind !== 'sell') {
    throw new AppError('INVALID_INPUT', `"${deck.name}" is a buy deck: accounts need a sell deck.`);
  }
  if (deck.currency === wanted.currency) return;
  const isKnown = await tx.exchangeRate.findFirst({
    where: {
      OR: [
        { base: deck.currency, quote: wanted.currency },
        { base: wanted.currency, quote: deck.currency },
      ],
    },
  });
  if (isKnown === null) {
    throw new AppError(
      'INVALID_INPUT',
      `"${deck.name}" is in ${deck.currency}, the account's wallet in ${wanted.currency}, and there is no exchange rate between them.`,
    );
  }
}

/** The columns of the decks that are given; exact optional types know no undefined. */
export function deckColumns({ sellDeckId, ownDeckId }: WantedDecks): {
  sellDeckId?: string | null;
  ownDeckId?: string | null;
} {
  return {
    ...(sellDeckId === undefined ? {} : { sellDeckId }),
    ...(ownDeckId === undefined ? {} : { ownDeckId }),
  };
}

/** The columns of the limits that are given; exact optional types know no undefined. */
export function limitColumns(limits: UpdateAccountData['limits']): {
  maxConcurrentCalls?: number;
  maxCallsPerSecond?: number;
} {
  const { maxConcurrentCalls, maxCallsPerSecond } = limits ?? {};
  return {
    ...(maxConcurrentCalls === undefined ? {} : { maxConcurrentCalls }),
    ...(maxCallsPerSecond === undefined ? {} : { maxCallsPerSecond }),
  };
}
