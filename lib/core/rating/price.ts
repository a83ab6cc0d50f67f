import { type AmountMicro, divideRounded, type RoundingMode } from '@/lib/core/money';
import { billedSeconds } from './increments';
import type { RateTerms } from './rate';

/** Nano-units a minute × seconds, as micro-units: 60 s a minute, 1,000 nano in a micro. */
export const PRICE_DENOMINATOR = 60_000n;

/** What a price is computed from; a `Rate` is one. */
export interface PricedTerms extends RateTerms {
  readonly rounding: RoundingMode;
}

/** The priced result of a call at one hop. */
export interface Priced {
  readonly billedSeconds: number;
  readonly amountMicro: AmountMicro;
}

/**
 * The exact price of `billed` seconds (0 or whole increments), times PRICE_DENOMINATOR, before the
 * minimum cost: the one place where the formula stands.
 */
export function exactPrice(terms: RateTerms, billed: number): bigint {
  if (billed === 0) return 0n;
  const first = BigInt(terms.firstSeconds) * terms.firstPerMinuteNano;
  const next = BigInt(billed - terms.firstSeconds) * terms.nextPerMinuteNano;
  return terms.connectFeeMicro * PRICE_DENOMINATOR + first + next;
}

/** `exactPrice` in micro-units: one division, one rounding, and never below the minimum cost. */
export function roundedPrice(terms: PricedTerms, billed: number): AmountMicro {
  if (billed === 0) return 0n;
  const amount = divideRounded(exactPrice(terms, billed), PRICE_DENOMINATOR, terms.rounding);
  if (amount < terms.minimumMicro) return terms.minimumMicro;
  return amount;
}

/**
 * The price of an answered call of so many whole seconds (see `ratedSeconds`), rounded once in the
 * deck's mode. 0 s, and less than the rate's no-charge threshold, cost nothing.
 */
export function priceCall(rate: PricedTerms, durationSeconds: number): Priced {
  if (durationSeconds < rate.noChargeSeconds) return { billedSeconds: 0, amountMicro: 0n };
  const billed = billedSeconds(durationSeconds, rate);
  return { billedSeconds: billed, amountMicro: roundedPrice(rate, billed) };
}
