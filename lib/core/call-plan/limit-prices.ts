import { divideRounded } from '@/lib/core/money';
import { converted, FX_SCALE } from '@/lib/core/rating/fx';
import { priceCall } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';

/**
 * What a minute costs at most, in the currency that is charged: the dearer of both intervals, in the
 * dearest band that the call may come to.
 */
export function dearerNano(rate: Rate): bigint {
  let dearest = 0n;
  for (const { firstPerMinuteNano, nextPerMinuteNano } of rate.bandSpans ?? [rate]) {
    for (const nano of [firstPerMinuteNano, nextPerMinuteNano]) {
      if (nano > dearest) dearest = nano;
    }
  }
  return rate.fx ? divideRounded(dearest * rate.fx.rateNano, FX_SCALE, 'up') : dearest;
}

/** The connect fee in the currency that is charged. */
export function feeMicro({ connectFeeMicro, fx }: Rate): bigint {
  return fx ? converted(connectFeeMicro, fx.rateNano, 'up') : connectFeeMicro;
}

/** What a call of so many seconds costs, whatever a bundle would pay of it; 0 s cost nothing. */
export function fullPrice(rate: Rate, seconds: number): bigint {
  if (seconds === 0) return 0n;
  const priced = rate.bundleSeconds ? { ...rate, bundleSeconds: 0 } : rate;
  return priceCall(priced, seconds).amountMicro;
}

/** What a call costs at the least that is charged at all. */
export function leastMicro(rate: Rate): bigint {
  return fullPrice(rate, Math.max(1, rate.noChargeSeconds));
}
