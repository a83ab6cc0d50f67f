import type { AmountMicro } from '@/lib/core/money';
import { maxSecondsFor } from '@/lib/core/rating/grants';
import type { PricedTerms } from '@/lib/core/rating/price';
import type { ServiceContext } from '@/lib/services/context';

/** A hop that somebody would have to pay. */
export interface PaidHop {
  readonly accountId: string;
  readonly currency: string;
  readonly terms: PricedTerms;
}

/** The longest call that every hop could pay, each from its own wallet as it is now; nothing is held. */
export async function affordableSeconds(
  { database }: ServiceContext,
  hops: readonly PaidHop[],
): Promise<number> {
  const wallets = await database.prisma.wallet.findMany({
    where: { accountId: { in: hops.map(({ accountId }) => accountId) } },
  });
  let seconds = Number.POSITIVE_INFINITY;
  for (const hop of hops) {
    const wallet = wallets.find(
      ({ accountId, currency }) => accountId === hop.accountId && currency === hop.currency,
    );
    const available: AmountMicro = wallet
      ? wallet.balanceMicro + wallet.creditLimitMicro - wallet.heldMicro
      : 0n;
    seconds = Math.min(seconds, maxSecondsFor(hop.terms, available));
  }
  return seconds;
}
