import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

export interface ShownNumber {
  /** For people. */
  text: string;
  /** For machines and the clipboard; null when it is no number of the world, such as "104". */
  e164: string | null;
}

const NANP = '1';

/**
 * A number in the grouping of its own nation: "+44 7700 900142", "+1 202-555-0118". With
 * `homeCountry`, numbers of that country come without their prefix: "(202) 555-0118". What is not
 * E.164 (an extension, a SIP address) is shown as it is.
 */
export function showNumber(text: string, homeCountry?: string): ShownNumber {
  const parsed = text.startsWith('+') ? parsePhoneNumberFromString(text) : undefined;
  if (!parsed) return { text, e164: null };
  const e164 = parsed.number;
  if (homeCountry !== undefined && parsed.country === (homeCountry as CountryCode)) {
    return { text: parsed.formatNational(), e164 };
  }
  const international = parsed.formatInternational();
  if (parsed.countryCallingCode !== NANP) return { text: international, e164 };
  const [prefix, ...groups] = international.split(' ');
  return { text: `${prefix} ${groups.join('-')}`, e164 };
}
