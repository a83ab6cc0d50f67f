import {
  type AmountMicro,
  type Currency,
  divideRounded,
  type RoundingMode,
} from '@/lib/core/money';

/** Exchange rates are integers of 10⁻⁹. */
export const FX_SCALE = 1_000_000_000n;

/** At what a price is charged that its deck states in another currency; pinned with the rate. */
export interface Fx {
  /** In which the deck states its prices. */
  readonly deckCurrency: Currency;
  /** Units of the charged currency for one of the deck's, in 10⁻⁹. */
  readonly rateNano: bigint;
}

/** What a currency is worth in another from a moment on. */
export interface ExchangeRateView {
  readonly base: string;
  readonly quote: string;
  readonly rateNano: bigint;
  readonly validFromMs: number;
}

/** An amount in another currency, rounded once. */
export function converted(
  amountMicro: AmountMicro,
  rateNano: bigint,
  mode: RoundingMode = 'half_up',
): AmountMicro {
  return divideRounded(amountMicro * rateNano, FX_SCALE, mode);
}

/** The same rate seen from the other side, to the nearest 10⁻⁹. */
export function inverted(rateNano: bigint): bigint {
  return divideRounded(FX_SCALE * FX_SCALE, rateNano, 'half_up');
}
