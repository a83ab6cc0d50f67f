import { formatPerMinute, toWireMoney } from '@/lib/core/money';
import type { ServiceContext } from '@/lib/services/context';
import type { NumberCharges, WireNumber } from '@/lib/services/numbers/schemas';
import type { Rate } from '@/prisma/generated/client';

const deckSelect = { select: { activeVersionId: true, currency: true } } as const;

/**
 * What a number's holder pays for calls to it from outside: the reverse-billed rate of its own rates,
 * else of its sell deck, by the longest prefix, as of now. Only for who pays it and who sells it.
 */
export async function priceOfCallsIn(
  { database, actor, clock }: ServiceContext,
  number: Pick<WireNumber, 'accountId' | 'e164'>,
): Promise<NumberCharges['callsIn']> {
  const { prisma } = database;
  const holder = await prisma.account.findUnique({
    where: { id: number.accountId },
    select: { id: true, parentId: true, sellDeck: deckSelect, ownDeck: deckSelect },
  });
  if (holder === null) return null;
  const seesIt =
    actor.kind === 'system' ||
    actor.accountKind === 'operator' ||
    actor.accountId === holder.id ||
    actor.accountId === holder.parentId;
  if (!seesIt) return null;
  const called = { digits: number.e164.slice(1), at: new Date(clock.nowMs()) };
  for (const deck of [holder.ownDeck, holder.sellDeck]) {
    const versionId = deck?.activeVersionId;
    const rate = deck && versionId ? await reverseRate(prisma, versionId, called) : null;
    if (!deck || rate === null) continue;
    // A call to it is refused, or costs what somebody above pays and more.
    if (rate.blocked || rate.markupPpm !== null) return null;
    return {
      perMinute: formatPerMinute(rate.nextPerMinuteNano),
      connectFee: toWireMoney(rate.connectFeeMicro, deck.currency),
      currency: deck.currency,
    };
  }
  return null;
}

/** The rate in effect that a version has for calls to a number, the longest prefix first; null: none. */
async function reverseRate(
  prisma: ServiceContext['database']['prisma'],
  versionId: string,
  { digits, at }: { readonly digits: string; readonly at: Date },
): Promise<Rate | null> {
  const prefixes = Array.from({ length: digits.length + 1 }, (_, length) =>
    digits.slice(0, length),
  );
  const rates = await prisma.rate.findMany({
    where: {
      ...{ versionId, prefix: { in: prefixes }, reverseBilled: true },
      AND: [
        { OR: [{ validFrom: null }, { validFrom: { lte: at } }] },
        { OR: [{ validTo: null }, { validTo: { gt: at } }] },
      ],
    },
    // Of several with the same prefix the newest counts.
    orderBy: { validFrom: { sort: 'desc', nulls: 'last' } },
  });
  return rates.reduce<Rate | null>(
    (best, one) => (best === null || one.prefix.length > best.prefix.length ? one : best),
    null,
  );
}
