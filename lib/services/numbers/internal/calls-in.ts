import { formatPerMinute, toWireMoney } from '@/lib/core/money';
import type { ServiceContext } from '@/lib/services/context';
import type { NumberCharges, WireNumber } from '@/lib/services/numbers/schemas';

/**
 * What a number's holder pays for calls to it from outside: the reverse-billed rate of the deck at
 * which it buys, by the longest prefix, as of now. Only for who pays it and who sells it.
 */
export async function priceOfCallsIn(
  { database, actor, clock }: ServiceContext,
  number: Pick<WireNumber, 'accountId' | 'e164'>,
): Promise<NumberCharges['callsIn']> {
  const holder = await database.prisma.account.findUnique({
    where: { id: number.accountId },
    select: {
      id: true,
      parentId: true,
      sellDeck: { select: { activeVersionId: true, currency: true } },
    },
  });
  const versionId = holder?.sellDeck?.activeVersionId;
  if (!holder?.sellDeck || !versionId) return null;
  const seesIt =
    actor.kind === 'system' ||
    actor.accountKind === 'operator' ||
    actor.accountId === holder.id ||
    actor.accountId === holder.parentId;
  if (!seesIt) return null;
  const digits = number.e164.slice(1);
  const prefixes = Array.from({ length: digits.length + 1 }, (_, length) =>
    digits.slice(0, length),
  );
  const now = new Date(clock.nowMs());
  const rates = await database.prisma.rate.findMany({
    where: {
      versionId,
      prefix: { in: prefixes },
      reverseBilled: true,
      blocked: false,
      markupPpm: null,
      AND: [
        { OR: [{ validFrom: null }, { validFrom: { lte: now } }] },
        { OR: [{ validTo: null }, { validTo: { gt: now } }] },
      ],
    },
  });
  const rate = rates.reduce<(typeof rates)[number] | undefined>(
    (best, one) => (best === undefined || one.prefix.length > best.prefix.length ? one : best),
    undefined,
  );
  if (rate === undefined) return null;
  const { currency } = holder.sellDeck;
  return {
    perMinute: formatPerMinute(rate.nextPerMinuteNano),
    connectFee: toWireMoney(rate.connectFeeMicro, currency),
    currency,
  };
}
