import { AppError } from '@/lib/core/errors';
import { parseDecimal, parseMicro, parsePerMinute } from '@/lib/core/money';
import type { Markup, RateRow } from '@/lib/core/rating/rate';
import type { RateInput } from './schemas';

/** A per cent has four decimals, so that it is a whole number of millionths. */
export const PERCENT_SCALE = 4;

/** A rate as it is stored, from what somebody wrote; see `checkRates`. */
export function toRateRow(input: RateInput): RateRow {
  const perMinute = input.perMinute ?? '0';
  return {
    prefix: input.prefix,
    destination: input.destination,
    connectFeeMicro: parseMicro(input.connectFee),
    minimumMicro: parseMicro(input.minimum),
    noChargeSeconds: input.noChargeSeconds,
    freeSeconds: input.freeSeconds,
    firstSeconds: input.first ?? 1,
    nextSeconds: input.next ?? 1,
    firstPerMinuteNano: parsePerMinute(input.firstPerMinute ?? perMinute),
    nextPerMinuteNano: parsePerMinute(perMinute),
    blocked: input.blocked,
    reverseBilled: input.reverseBilled,
    band: input.band,
    markup: markupOf(input),
    validFromMs: input.validFrom ? Date.parse(input.validFrom) : null,
    validToMs: input.validTo ? Date.parse(input.validTo) : null,
  };
}

function markupOf({ markupPercent, markupMinimum }: RateInput): Markup | null {
  if (markupPercent === undefined && markupMinimum === undefined) return null;
  return {
    ppm: Number(parseDecimal(markupPercent ?? '0', PERCENT_SCALE)),
    minimumPerMinuteNano: parsePerMinute(markupMinimum ?? '0'),
  };
}

/** What rates are checked by beside themselves. */
export interface RateRules {
  readonly pricing: 'rates' | 'markup';
  /** How many bands the version has. */
  readonly bands: number;
}

/**
 * Throws INVALID_INPUT, naming the rate, where it does not say what it costs in the way of its
 * deck, where its band is none, and where a prefix has two rates that begin at the same moment:
 * nothing would say which is the newer. One that begins later than another is meant to take over.
 */
export function checkRates(rates: readonly RateInput[], rules: RateRules): void {
  const seen = new Set<string>();
  for (const [index, rate] of rates.entries()) {
    const wrong = problemOf(rate, rules);
    if (wrong !== null) refuse(index, wrong);
    const key = [rate.prefix, rate.validFrom ?? '', rate.band, rate.reverseBilled].join(' ');
    if (seen.has(key)) {
      refuse(index, ['prefix', `prefix "${rate.prefix}" stands twice with the same beginning`]);
    }
    seen.add(key);
  }
}

type Wrong = readonly [field: keyof RateInput, message: string];

function problemOf(rate: RateInput, { pricing, bands }: RateRules): Wrong | null {
  if (rate.band > bands) {
    return ['band', bands === 0 ? 'the version has no bands' : `the version has ${bands} bands`];
  }
  const markedUp = rate.markupPercent !== undefined || rate.markupMinimum !== undefined;
  if (pricing === 'markup') {
    if (rate.perMinute !== undefined) return ['perMinute', 'a mark-up deck has no prices'];
    if (!markedUp && !rate.blocked) return ['markupPercent', 'say by how much it is dearer'];
    if (rate.band > 0) return ['band', 'a mark-up has the bands of what it is on'];
    return null;
  }
  if (markedUp) return ['markupPercent', 'the deck has rates of its own, no mark-ups'];
  if (rate.perMinute === undefined && !rate.blocked) return ['perMinute', 'a price is needed'];
  if (rate.first === undefined) return ['first', 'the first increment is needed'];
  if (rate.next === undefined) return ['next', 'the next increment is needed'];
  return null;
}

function refuse(index: number, [field, message]: Wrong): never {
  throw new AppError('INVALID_INPUT', `Rate ${index + 1}: ${message}.`, {
    meta: { issues: [{ path: `rates.${index}.${field}`, message }] },
  });
}
