import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { type PricedNumber, pickPrice } from '@/lib/services/numbers/rules';
import type { NumberPrice } from '@/prisma/generated/client';

/** What a number costs a buyer at its seller. */
export interface RentalHop {
  /** 0 is its holder's. */
  readonly hop: number;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly currency: string;
  readonly setUpMicro: bigint;
  readonly perPeriodMicro: bigint;
  /** Another system bills the buyer: it is written down, and nothing posted. */
  readonly external: boolean;
}

interface Link {
  readonly buyer: { readonly id: string; readonly currency: string };
  readonly external: boolean;
  readonly sellerId: string;
  /** The seller's list. */
  readonly prices: readonly NumberPrice[];
}

/** Who buys from whom between a holder and the operator, with the sellers' price lists. */
export interface PriceChain {
  /** The holder first, the operator last. */
  readonly accountIds: readonly string[];
  readonly links: readonly Link[];
}

/** Reads the chain above a holder, by its path "/<root>/…/<holder>/". */
export async function readPriceChain(tx: Tx, holderPath: string): Promise<PriceChain> {
  const accountIds = holderPath
    .split('/')
    .filter((id) => id !== '')
    .reverse();
  const sellers = accountIds.slice(1);
  const accounts = await tx.account.findMany({
    where: { id: { in: accountIds } },
    select: { id: true, currency: true, billedBy: true },
  });
  const lists = await tx.numberPrice.findMany({ where: { accountId: { in: sellers } } });
  const links = sellers.map((sellerId, hop): Link => {
    const buyer = accounts.find(({ id }) => id === accountIds[hop]);
    if (!buyer) throw new AppError('INTERNAL', `an account above ${holderPath} has no row`);
    const prices = lists.filter((price) => price.accountId === sellerId);
    return { buyer, external: buyer.billedBy === 'external', sellerId, prices };
  });
  return { accountIds, links };
}

/** A number that comes from a stock into the hands of a chain's holder. */
export interface PricedFrom {
  readonly number: PricedNumber;
  /** Whose stock it lies in. */
  readonly stockId: string;
  /** An order: what comes from further up the tree must be sold at each hop on the way. */
  readonly mustBeSold: boolean;
}

/**
 * What everyone from a number's holder up to the operator pays its seller. What lies in a seller's
 * stock was given to it: above the stock, and where a seller hands a number out by hand, a hop that
 * no list prices is free. For an order, the first hop between the stock and the holder at which
 * nobody sells such a number, instead.
 */
export function priceHops(
  chain: PriceChain,
  { number, stockId, mustBeSold }: PricedFrom,
): { readonly hops: readonly RentalHop[] } | { readonly unsoldAt: number } {
  const stockLevel = chain.accountIds.indexOf(stockId);
  const hops: RentalHop[] = [];
  for (const [hop, { buyer, external, sellerId, prices }] of chain.links.entries()) {
    const price = pickPrice(prices, number, buyer);
    if (price === undefined && mustBeSold && hop < stockLevel) return { unsoldAt: hop };
    hops.push({
      hop,
      buyerId: buyer.id,
      sellerId,
      currency: buyer.currency,
      setUpMicro: price?.setUpMicro ?? 0n,
      perPeriodMicro: price?.perPeriodMicro ?? 0n,
      external,
    });
  }
  return { hops };
}

/** The same, where no price is a refusal. Throws NO_SELL_RATE, never saying who it is further up. */
export function soldHops(chain: PriceChain, from: PricedFrom): readonly RentalHop[] {
  const priced = priceHops(chain, from);
  if ('hops' in priced) return priced.hops;
  throw new AppError(
    'NO_SELL_RATE',
    priced.unsoldAt === 0
      ? 'Your provider does not sell numbers like this one.'
      : 'Your provider can’t get a number like this one.',
  );
}
