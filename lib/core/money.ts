import { AppError } from './errors';

declare const currencyBrand: unique symbol;

/** ISO 4217 alphabetic code, upper case. */
export type Currency = string & { readonly [currencyBrand]: true };

/** 10⁻⁶ of a currency unit; the only form in which money is added up. */
export type AmountMicro = bigint;

/** 10⁻⁹ of a currency unit a minute; the only form in which a rate is kept. */
export type PerMinuteNano = bigint;

/** Money on the wire: a decimal string, never a JSON number. */
export interface WireMoney {
  readonly amount: string;
  readonly currency: string;
}

/** Checks the form of a currency code. Throws INVALID_INPUT. */
export function parseCurrency(text: string): Currency {
  if (!/^[A-Z]{3}$/.test(text)) {
    throw new AppError('INVALID_INPUT', `"${text}" is not a currency code such as USD`);
  }
  return text as Currency;
}

/**
 * Reads a plain decimal ("0.0050", "-12", no exponent, no grouping) as an integer of 10⁻ˢᶜᵃˡᵉ.
 * Throws INVALID_INPUT when it is not one or has more than `scale` significant decimals:
 * nothing is ever rounded while it is read.
 */
export function parseDecimal(text: string, scale: number): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,18}))?$/.exec(text);
  const decimals = match?.[3]?.replace(/0+$/, '') ?? '';
  if (!match || decimals.length > scale) {
    throw new AppError(
      'INVALID_INPUT',
      `"${text}" is not a decimal with at most ${scale} decimals`,
    );
  }
  const value = BigInt(`${match[2]}${decimals.padEnd(scale, '0')}`);
  return match[1] === '-' ? -value : value;
}

/** Writes an integer of 10⁻ˢᶜᵃˡᵉ with at least `minDecimals` decimals and no more than needed. */
export function formatDecimal(value: bigint, scale: number, minDecimals = scale): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  let decimals = digits.slice(digits.length - scale);
  while (decimals.length > minDecimals && decimals.endsWith('0')) decimals = decimals.slice(0, -1);
  return `${negative ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`;
}

export const MICRO_SCALE = 6;
export const NANO_SCALE = 9;

/** "0.012" → 12000n. Throws INVALID_INPUT. */
export function parseMicro(text: string): AmountMicro {
  return parseDecimal(text, MICRO_SCALE);
}

/** 12000n → "0.012000". */
export function formatMicro(value: AmountMicro): string {
  return formatDecimal(value, MICRO_SCALE);
}

/** "0.0055" → 5500000n. Throws INVALID_INPUT. */
export function parsePerMinute(text: string): PerMinuteNano {
  return parseDecimal(text, NANO_SCALE);
}

/** 5500000n → "0.0055" (at least four decimals). */
export function formatPerMinute(value: PerMinuteNano): string {
  return formatDecimal(value, NANO_SCALE, 4);
}

/** The one shape of money on the wire. */
export function toWireMoney(amountMicro: AmountMicro, currency: string): WireMoney {
  return { amount: formatMicro(amountMicro), currency };
}

/** How a charge line's exact value becomes micro-units. */
export type RoundingMode = 'half_up' | 'half_even' | 'up' | 'down';

/** numerator / denominator in one division and one rounding. `denominator` > 0. */
export function divideRounded(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const quotient = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  const roundsUp =
    twice !== 0n &&
    (mode === 'up' ||
      (mode === 'half_up' && twice >= denominator) ||
      (mode === 'half_even' &&
        (twice > denominator || (twice === denominator && quotient % 2n === 1n))));
  const result = roundsUp ? quotient + 1n : quotient;
  return negative ? -result : result;
}
