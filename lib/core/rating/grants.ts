import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import type { AmountMicro, RoundingMode } from '@/lib/core/money';
import { billedSeconds, type Increments } from './increments';
import { exactPrice, PRICE_DENOMINATOR, type PricedTerms, roundedPrice } from './price';

/** A slice is held for about this long (facts: cut-off, 30–60 s) … */
const SLICE_TARGET_SECONDS = 60;
/** … while the wallet's share for this call lasts several times that, and shrinks down to this. */
const SLICE_MINIMUM_SECONDS = 15;
/** A call asks for this part of what its share of the wallet could still buy. */
const SLICE_PART_OF_SHARE = 4;

/**
 * What has to be held so that a call may last `grantedSeconds` from its answer: the price of every
 * duration up to there is at most this. A no-charge threshold is not counted on: it is known only
 * when the call has ended. 0 costs nothing.
 */
export function costOfGrant(rate: PricedTerms, grantedSeconds: number): AmountMicro {
  return roundedPrice(rate, billedSeconds(grantedSeconds, rate));
}

/** The largest whole-increment duration up to `seconds`; 0 when not even the first fits. */
function wholeIncrementsWithin(seconds: number, increments: Increments): number {
  const { firstSeconds, nextSeconds } = increments;
  if (seconds < firstSeconds) return 0;
  return firstSeconds + Math.floor((seconds - firstSeconds) / nextSeconds) * nextSeconds;
}

/** The largest exact price (times PRICE_DENOMINATOR) that still rounds to `amountMicro` or less. */
function largestExactPrice(amountMicro: AmountMicro, rounding: RoundingMode): bigint {
  const exact = amountMicro * PRICE_DENOMINATOR;
  switch (rounding) {
    case 'up':
      return exact;
    case 'down':
      return exact + PRICE_DENOMINATOR - 1n;
    case 'half_up':
      return exact + PRICE_DENOMINATOR / 2n - 1n;
    case 'half_even':
      return exact + PRICE_DENOMINATOR / 2n - (amountMicro % 2n === 0n ? 0n : 1n);
  }
}

/**
 * The longest call, in whole increments, whose `costOfGrant` is at most `availableMicro`; 0 when
 * not even the first increment is affordable. Never more than a day, free rates included.
 */
export function maxSecondsFor(rate: PricedTerms, availableMicro: AmountMicro): number {
  if (availableMicro < 0n) return 0;
  const { freeSeconds, bandSpans, bundleSeconds, decimals, fx } = rate;
  const isPlain =
    freeSeconds === 0 && !(bandSpans || bundleSeconds || fx) && decimals === undefined;
  if (!isPlain) return longestWithin(rate, availableMicro);
  if (availableMicro < rate.minimumMicro) return 0;
  const start = exactPrice(rate, rate.firstSeconds > 0 ? rate.firstSeconds : rate.nextSeconds);
  const affordable = largestExactPrice(availableMicro, rate.rounding);
  if (start > affordable) return 0;
  const longest = wholeIncrementsWithin(MAX_CALL_SECONDS, rate);
  const stepPrice = BigInt(rate.nextSeconds) * rate.nextPerMinuteNano;
  if (stepPrice === 0n) return longest;
  const shortest = billedSeconds(1, rate);
  const steps = (affordable - start) / stepPrice;
  const seconds = BigInt(shortest) + steps * BigInt(rate.nextSeconds);
  return seconds < BigInt(longest) ? Number(seconds) : longest;
}

/** The same for prices that are no straight line: by halves, as a price never falls with time. */
function longestWithin(rate: PricedTerms, availableMicro: AmountMicro): number {
  const shortest = billedSeconds(1, rate);
  const secondsOf = (steps: number) => shortest + steps * rate.nextSeconds;
  if (costOfGrant(rate, shortest) > availableMicro) return 0;
  let low = 0;
  let high = Math.max(0, Math.floor((MAX_CALL_SECONDS - shortest) / rate.nextSeconds));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (costOfGrant(rate, secondsOf(middle)) <= availableMicro) low = middle;
    else high = middle - 1;
  }
  return secondsOf(low);
}

/** What a call's time depends on. */
export interface SliceContext {
  /** Seconds already granted from the answer; 0 before the first slice. */
  readonly grantedSeconds: number;
  /** What is free in the tightest wallet, this call's own hold not counted; null = no bound. */
  readonly availableMicro: AmountMicro | null;
  /** Calls that draw on that wallet, this one included. */
  readonly activeCalls: number;
}

/**
 * How long a call may last in all, from its answer, if all calls on its wallet go on and share alike;
 * a day where nothing bounds it.
 */
export function reachSeconds(rate: PricedTerms, context: SliceContext): number {
  const { grantedSeconds, availableMicro, activeCalls } = context;
  if (availableMicro === null) return MAX_CALL_SECONDS;
  const share = availableMicro / BigInt(Math.max(1, activeCalls));
  return maxSecondsFor(rate, share + costOfGrant(rate, grantedSeconds));
}

/**
 * How many seconds to ask for next, in whole increments: about a minute, less when what the call may
 * reach is near, so that parallel calls run out together instead of one starving the rest. Whether it
 * is affordable is for `decideGrant` to say.
 */
export function sliceSeconds(
  rate: PricedTerms,
  { grantedSeconds, reach }: { readonly grantedSeconds: number; readonly reach: number },
): number {
  const part = Math.floor((reach - grantedSeconds) / SLICE_PART_OF_SHARE);
  const target = Math.max(SLICE_MINIMUM_SECONDS, Math.min(SLICE_TARGET_SECONDS, part));
  return billedSeconds(grantedSeconds + target, rate) - grantedSeconds;
}

/** A hop that a grant has to be paid at. */
export interface GrantHop {
  readonly rate: PricedTerms;
  /** Free in the buyer's wallet plus what this call already holds there; null = no bound. */
  readonly spendableMicro: AmountMicro | null;
}

/** What a call may do next. */
export interface Grant {
  /** Seconds from the answer, in total; 0 = refused. */
  readonly grantedSeconds: number;
  /** No more can be had: arm the hard stop at `grantedSeconds`. */
  readonly final: boolean;
  /** What each hop has to hold in total, in the order of the hops. */
  readonly costsMicro: readonly AmountMicro[];
  /** Index of the hop that limited it; null when it got all it wanted. */
  readonly limitedBy: number | null;
}

/**
 * All hops or none: grants `wantedSeconds` (total, from the answer) or, if a hop can't afford that,
 * as much as the poorest one can. Settling at any duration up to the grant costs at most the costs
 * returned, at every hop.
 */
export function decideGrant(hops: readonly GrantHop[], wantedSeconds: number): Grant {
  let grantedSeconds = wantedSeconds;
  let limitedBy: number | null = null;
  for (const [index, hop] of hops.entries()) {
    if (hop.spendableMicro === null) continue;
    if (costOfGrant(hop.rate, grantedSeconds) <= hop.spendableMicro) continue;
    grantedSeconds = maxSecondsFor(hop.rate, hop.spendableMicro);
    limitedBy = index;
    if (grantedSeconds === 0) break;
  }
  return {
    grantedSeconds,
    final: limitedBy !== null,
    costsMicro: hops.map((hop) => costOfGrant(hop.rate, grantedSeconds)),
    limitedBy,
  };
}
