import { parseMicro, parsePerMinute, toWireMoney, type WireMoney } from '@/lib/core/money';
import { priceCall } from '@/lib/core/rating/price';
import type { LiveCall } from '@/lib/services/live/schemas';

type Hop = LiveCall['hops'][number];

/** The hop at which an account pays for a call; null where the call costs it nothing. */
export function paidHop(call: LiveCall, accountId: string): Hop | null {
  return call.hops.find((hop) => hop.buyerAccountId === accountId) ?? null;
}

/**
 * What a call would cost if it ended now, at the rate that was pinned when it began. Told as a
 * running figure only: what is charged is settled by the switch.
 */
export function costSoFar(hop: Hop, talkedSeconds: number): WireMoney {
  if (hop.amount) return hop.amount;
  const { currency } = hop.perMinute;
  const perMinuteNano = parsePerMinute(hop.perMinute.amount);
  const { amountMicro } = priceCall(
    {
      firstPerMinuteNano: perMinuteNano,
      nextPerMinuteNano: perMinuteNano,
      connectFeeMicro: parseMicro(hop.connectFee.amount),
      minimumMicro: 0n,
      noChargeSeconds: 0,
      freeSeconds: hop.freeSeconds,
      firstSeconds: hop.firstIncrementSeconds,
      nextSeconds: hop.nextIncrementSeconds,
      rounding: 'half_up',
    },
    Math.ceil(Math.max(0, talkedSeconds)),
  );
  return toWireMoney(amountMicro, currency);
}
