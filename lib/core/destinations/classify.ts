import { CLASS_OF_PREFIX } from './class-prefixes';
import type { ClassifiedNumber, DestinationClass } from './classes';
import { COUNTRY_OF_PREFIX } from './countries';

/** Digits of the longest prefix that the built-in tables or an operator may have. */
export const MAX_CLASS_PREFIX_DIGITS = 10;

const NO_OVERRIDES: ReadonlyMap<string, DestinationClass> = new Map();

function longest<T>(table: ReadonlyMap<string, T>, digits: string): [string, T] | undefined {
  for (let length = Math.min(digits.length, MAX_CLASS_PREFIX_DIGITS); length > 0; length -= 1) {
    const prefix = digits.slice(0, length);
    const found = table.get(prefix);
    if (found !== undefined) return [prefix, found];
  }
  return undefined;
}

/**
 * The class and country of a number (digits without "+"). The longest prefix decides, an operator's
 * own before a built-in one of the same length. Look-ups in memory, no allocation to speak of.
 */
export function classify(
  digits: string,
  overrides: ReadonlyMap<string, DestinationClass> = NO_OVERRIDES,
): ClassifiedNumber {
  const country = longest(COUNTRY_OF_PREFIX, digits);
  const own = overrides.size === 0 ? undefined : longest(overrides, digits);
  const builtIn = longest(CLASS_OF_PREFIX, digits);
  const named = own && own[0].length >= (builtIn?.[0].length ?? 0) ? own : builtIn;
  if (named) return { class: named[1], prefix: named[0], country: country?.[1] ?? null };
  if (!country) return { class: 'unknown', prefix: '', country: null };
  return { class: 'fixed', prefix: country[0], country: country[1] };
}
