import { converted } from './fx';
import type { Rate } from './rate';

/**
 * A rate as who pays it reads it: its prices in the currency that is charged, to the nearest 10⁻⁹ a
 * minute. For displays alone: a charge is converted whole, and rounded once (price.ts).
 */
export function inChargedCurrency(rate: Rate): Rate {
  if (rate.fx === undefined) return rate;
  const { fx, ...plain } = rate;
  const worth = (amount: bigint): bigint => converted(amount, fx.rateNano);
  return {
    ...plain,
    firstPerMinuteNano: worth(rate.firstPerMinuteNano),
    nextPerMinuteNano: worth(rate.nextPerMinuteNano),
    connectFeeMicro: worth(rate.connectFeeMicro),
    minimumMicro: worth(rate.minimumMicro),
    ...(rate.bandSpans === undefined
      ? {}
      : {
          bandSpans: rate.bandSpans.map((span) => ({
            ...span,
            firstPerMinuteNano: worth(span.firstPerMinuteNano),
            nextPerMinuteNano: worth(span.nextPerMinuteNano),
          })),
        }),
  };
}
