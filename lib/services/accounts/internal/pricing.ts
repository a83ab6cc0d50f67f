import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { UpdateAccountData } from '@/lib/services/accounts/schemas';

interface WantedDeck {
  readonly sellerId: string;
  readonly currency: string;
  readonly deckId: string;
}

/** Throws unless it is a sell deck of the seller's, in a currency that the buyer's wallet can pay. */
export async function requireSellDeck(tx: Tx, wanted: WantedDeck): Promise<void> {
  const deck = await tx.rateDeck.findFirst({
    where: { id: wanted.deckId, accountId: wanted.sellerId },
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
