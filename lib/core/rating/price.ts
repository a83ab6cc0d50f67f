import { type AmountMicro, divideRounded, MICRO_SCALE, type RoundingMode } from '@/lib/core/money';
import { splitBundle } from './bundle';
import { converted, FX_SCALE, type Fx } from './fx';
import { billedSeconds } from './increments';
import type { BandSpan, RateTerms } from './rate';

/** Nano-units a minute × seconds, as micro-units: 60 s a minute, 1,000 nano in a micro. */
export const PRICE_DENOMINATOR = 60_000n;

/** What a price is computed from; a `Rate` is one. */
export interface PricedTerms extends RateTerms {
  readonly rounding: RoundingMode;
  readonly decimals?: number;
  /** Counted from the answer, see timetable.ts. */
  readonly bandSpans?: readonly BandSpan[];
  readonly bundleSeconds?: number;
  readonly fx?: Fx;
}

/** The priced result of a call at one hop. */
export interface Priced {
  readonly billedSeconds: number;
  readonly amountMicro: AmountMicro;
}

/** Some billed seconds in a row that cost the same a minute. */
export interface PricePart {
  /** Free at the beginning, out of a bundle, in the first increment, or in those after it. */
  readonly kind: 'free' | 'bundle' | 'first' | 'next';
  readonly seconds: number;
  readonly perMinuteNano: bigint;
  /** null = at all times. */
  readonly band: string | null;
}

/** Whether a bundle pays for the whole call, fees included. */
function isCovered({ bundleSeconds = 0, freeSeconds }: PricedTerms, billed: number): boolean {
  return bundleSeconds > 0 && billed <= freeSeconds + bundleSeconds;
}

/**
 * The exact price of `billed` seconds (0 or whole increments), times PRICE_DENOMINATOR, before the
 * minimum cost: the one place where the formula stands.
 */
export function exactPrice(terms: PricedTerms, billed: number): bigint {
  if (billed === 0 || isCovered(terms, billed)) return 0n;
  const fee = terms.connectFeeMicro * PRICE_DENOMINATOR;
  const { firstSeconds, bandSpans } = terms;
  const unpaid = terms.freeSeconds + (terms.bundleSeconds ?? 0);
  if (bandSpans !== undefined) return fee + bandedPrice({ ...terms, bandSpans }, unpaid, billed);
  if (unpaid === 0) {
    const first = BigInt(firstSeconds) * terms.firstPerMinuteNano;
    return fee + first + BigInt(billed - firstSeconds) * terms.nextPerMinuteNano;
  }
  const first = Math.max(0, firstSeconds - unpaid);
  const next = Math.max(0, billed - Math.max(firstSeconds, unpaid));
  return fee + BigInt(first) * terms.firstPerMinuteNano + BigInt(next) * terms.nextPerMinuteNano;
}

type Banded = PricedTerms & { readonly bandSpans: readonly BandSpan[] };

function bandedPrice(terms: Banded, from: number, billed: number): bigint {
  let sum = 0n;
  for (const part of bandedParts(terms, from, billed)) {
    sum += BigInt(part.seconds) * part.perMinuteNano;
  }
  return sum;
}

/** Billed seconds `from` to `to`, each at the price of the moment at which it begins. */
function bandedParts(terms: Banded, from: number, to: number): PricePart[] {
  const { bandSpans, firstSeconds } = terms;
  const startMs = bandSpans[0]?.fromMs ?? 0;
  const parts: PricePart[] = [];
  for (const [index, span] of bandSpans.entries()) {
    const nextMs = bandSpans[index + 1]?.fromMs;
    const begin = Math.max(from, Math.ceil((span.fromMs - startMs) / 1000));
    const end = nextMs === undefined ? to : Math.min(to, Math.ceil((nextMs - startMs) / 1000));
    const turn = Math.min(end, Math.max(begin, firstSeconds));
    const band = span.name;
    if (begin < turn) {
      const perMinuteNano = span.firstPerMinuteNano;
      parts.push({ kind: 'first', seconds: turn - begin, perMinuteNano, band });
    }
    if (turn < end) {
      const perMinuteNano = span.nextPerMinuteNano;
      parts.push({ kind: 'next', seconds: end - turn, perMinuteNano, band });
    }
  }
  return parts;
}

/**
 * What a price is made of, in the order of the seconds; their sum, with the connect fee unless a
 * bundle covers all of it, is `exactPrice`.
 */
export function priceParts(terms: PricedTerms, billed: number): readonly PricePart[] {
  const { freeSeconds, bundleSeconds } = splitBundle(terms.bundleSeconds ?? 0, billed, {
    freeSeconds: terms.freeSeconds,
  });
  const unpaid = freeSeconds + bundleSeconds;
  const always = {
    fromMs: 0,
    name: '',
    firstPerMinuteNano: terms.firstPerMinuteNano,
    nextPerMinuteNano: terms.nextPerMinuteNano,
  };
  const banded = { ...terms, bandSpans: terms.bandSpans ?? [always] };
  const parts = bandedParts(banded, unpaid, billed).map((part) =>
    terms.bandSpans === undefined ? { ...part, band: null } : part,
  );
  const unpriced = { perMinuteNano: 0n, band: null };
  if (bundleSeconds > 0) parts.unshift({ kind: 'bundle', seconds: bundleSeconds, ...unpriced });
  if (freeSeconds > 0) parts.unshift({ kind: 'free', seconds: freeSeconds, ...unpriced });
  return parts;
}

/** The one rounding of a charge line: in the deck's mode, to the deck's decimals. */
function rounded({ rounding, decimals }: PricedTerms, exact: bigint, denominator: bigint): bigint {
  if (decimals === undefined) return divideRounded(exact, denominator, rounding);
  const unitMicro = 10n ** BigInt(MICRO_SCALE - decimals);
  return divideRounded(exact, denominator * unitMicro, rounding) * unitMicro;
}

/**
 * `exactPrice` in micro-units of the charged currency: one division, one rounding, conversion included,
 * and never below the minimum cost.
 */
export function roundedPrice(terms: PricedTerms, billed: number): AmountMicro {
  if (billed === 0 || isCovered(terms, billed)) return 0n;
  const { fx, rounding } = terms;
  if (fx === undefined) return deckPrice(terms, billed);
  const exact = exactPrice(terms, billed) * fx.rateNano;
  const amount = rounded(terms, exact, PRICE_DENOMINATOR * FX_SCALE);
  const minimum = converted(terms.minimumMicro, fx.rateNano, rounding);
  if (amount < minimum) return minimum;
  return amount;
}

/** The same in the currency in which the deck states its prices: what its seller earns. */
export function deckPrice(terms: PricedTerms, billed: number): AmountMicro {
  if (billed === 0 || isCovered(terms, billed)) return 0n;
  const amount = rounded(terms, exactPrice(terms, billed), PRICE_DENOMINATOR);
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
