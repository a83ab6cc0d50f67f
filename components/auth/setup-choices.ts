import { getCountries } from 'libphonenumber-js/min';
import type { ComboboxItem } from '@/components/ui/combobox';

/** What can be chosen, named in the reader's language, in its alphabet's order. */
export interface SetupChoices {
  readonly countries: readonly ComboboxItem[];
  readonly currencies: readonly ComboboxItem[];
  readonly timeZones: readonly ComboboxItem[];
}

/** Where the browser seems to be: a start for the form, for its owner to correct. */
export interface SetupGuess {
  readonly country: string;
  readonly timeZone: string;
}

/** Countries with a numbering plan, currencies and time zones that this browser knows. */
export function setupChoices(locale: string): SetupChoices {
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  const currencies = new Intl.DisplayNames(locale, { type: 'currency' });
  const byLabel = (left: ComboboxItem, right: ComboboxItem) =>
    left.label.localeCompare(right.label, locale);
  const named = (codes: readonly string[], names: Intl.DisplayNames) =>
    codes
      .map((value) => ({ value, label: names.of(value) ?? value, hint: value }))
      .toSorted(byLabel);
  return {
    countries: named(getCountries(), regions),
    currencies: named(Intl.supportedValuesOf('currency'), currencies),
    timeZones: ['UTC', ...Intl.supportedValuesOf('timeZone')]
      .filter((zone, index, all) => all.indexOf(zone) === index)
      .map((value) => ({ value, label: value.replaceAll('_', ' ') })),
  };
}

/** Reads the browser's settings. */
export function guessFromBrowser(): SetupGuess {
  const region = new Intl.Locale(navigator.language).maximize().region ?? 'US';
  const country = getCountries().find((code) => code === region) ?? 'US';
  return { country, timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone };
}
