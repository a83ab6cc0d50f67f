import { divideRounded } from '@/lib/core/money';
import type { Markup, Rate } from './rate';

const MILLION = 1_000_000n;

function share(amount: bigint, { ppm }: Markup): bigint {
  return divideRounded(amount * BigInt(ppm), MILLION, 'half_up');
}

function onTop(perMinuteNano: bigint, markup: Markup): bigint {
  const percent = share(perMinuteNano, markup);
  const least = markup.minimumPerMinuteNano;
  if (percent < least) return perMinuteNano + least;
  return perMinuteNano + percent;
}

/**
 * The rate that a mark-up makes of what the seller pays for the same call: each minute dearer by
 * the per cent but not by less than the minimum, the fees by the per cent. Increments, thresholds,
 * bands and rounding are the bought rate's, so the price is never below what the seller pays,
 * however long the call. Deck, prefix and the prefixes beaten are the mark-up's own. A mark-up is
 * itself a price for the next one below: it works at any depth.
 */
export function markedUp(own: Rate, markup: Markup, bought: Rate): Rate {
  const spans = bought.bandSpans?.map((span) => ({
    ...span,
    firstPerMinuteNano: onTop(span.firstPerMinuteNano, markup),
    nextPerMinuteNano: onTop(span.nextPerMinuteNano, markup),
  }));
  return {
    deckId: own.deckId,
    deckName: own.deckName,
    deckVersion: own.deckVersion,
    currency: own.currency,
    rounding: bought.rounding,
    ...(bought.decimals === undefined ? {} : { decimals: bought.decimals }),
    prefix: own.prefix,
    destination: own.destination === '' ? bought.destination : own.destination,
    firstSeconds: bought.firstSeconds,
    nextSeconds: bought.nextSeconds,
    firstPerMinuteNano: onTop(bought.firstPerMinuteNano, markup),
    nextPerMinuteNano: onTop(bought.nextPerMinuteNano, markup),
    connectFeeMicro: bought.connectFeeMicro + share(bought.connectFeeMicro, markup),
    minimumMicro: bought.minimumMicro + share(bought.minimumMicro, markup),
    noChargeSeconds: bought.noChargeSeconds,
    freeSeconds: bought.freeSeconds,
    beatenLengths: own.beatenLengths,
    ...(spans === undefined ? {} : { bandSpans: spans }),
    ...(bought.fx === undefined ? {} : { fx: bought.fx }),
    ...(own.reverseBilled === undefined ? {} : { reverseBilled: own.reverseBilled }),
    markup,
  };
}
