import { AppError } from '@/lib/core/errors';
import { parseMicro, parsePerMinute } from '@/lib/core/money';
import type { RateRow } from '@/lib/core/rating/rate';
import type { RateInput } from './schemas';

/** A rate as it is stored, from what somebody wrote. */
export function toRateRow(input: RateInput): RateRow {
  return {
    prefix: input.prefix,
    destination: input.destination,
    connectFeeMicro: parseMicro(input.connectFee),
    minimumMicro: parseMicro(input.minimum),
    noChargeSeconds: input.noChargeSeconds,
    firstSeconds: input.first,
    nextSeconds: input.next,
    firstPerMinuteNano: parsePerMinute(input.firstPerMinute ?? input.perMinute),
    nextPerMinuteNano: parsePerMinute(input.perMinute),
    freeSeconds: 0,
    blocked: input.blocked,
    reverseBilled: false,
    band: 0,
    markup: null,
    validFromMs: input.validFrom ? Date.parse(input.validFrom) : null,
    validToMs: input.validTo ? Date.parse(input.validTo) : null,
  };
}

/**
 * Throws INVALID_INPUT where a prefix has two rates that begin at the same moment: nothing would
 * say which is the newer. One that begins later than another is meant to take over from it.
 */
export function checkRates(rates: readonly RateInput[]): void {
  const seen = new Set<string>();
  for (const [index, rate] of rates.entries()) {
    const key = `${rate.prefix} ${rate.validFrom ?? ''}`;
    if (seen.has(key)) {
      const message = `prefix "${rate.prefix}" stands twice with the same beginning`;
      throw new AppError('INVALID_INPUT', `Rate ${index + 1}: ${message}.`, {
        meta: { issues: [{ path: `rates.${index}.prefix`, message }] },
      });
    }
    seen.add(key);
  }
}
