import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/min';

declare const e164Brand: unique symbol;
declare const dialledBrand: unique symbol;

/** A number as the whole world knows it: "+" and 7 to 15 digits (ITU-T E.164). */
export type E164 = string & { readonly [e164Brand]: true };

/** What somebody dialled, with separators stripped: digits, "*" and "#", perhaps a leading "+". */
export type DialledDigits = string & { readonly [dialledBrand]: true };

/** Why a dialled text is no number that can be called. */
export type DialledProblem =
  | 'not_a_number'
  | 'feature_code'
  | 'unknown_country_code'
  | 'too_short'
  | 'too_long'
  | 'wrong_length';

export type DialledResult =
  | { readonly ok: true; readonly e164: E164; readonly dialled: DialledDigits }
  | { readonly ok: false; readonly reason: DialledProblem };

const E164_PATTERN = /^\+[1-9]\d{6,14}$/;
/** What people and phone books write between digits; the dashes are Unicode's, U+2010 to U+2015. */
const SEPARATORS = /[\s().\-/\u2010-\u2015\u00a0]/g;
const DIALLED_PATTERN = /^\+?[\d*#]{1,40}$/;
/** An access code of the international dial-out, then a country code, which never begins with 0. */
const ZERO_ZERO = /^00(?=[1-9])/;
/** North America: area code and exchange begin with 2–9 (NANPA); metadata only checks the length. */
const NANP_PATTERN = /^\+1[2-9]\d{2}[2-9]\d{6}$/;

/** Whether a text is a number in strict E.164 form; says nothing about whether it exists. */
export function isE164(text: string): text is E164 {
  return E164_PATTERN.test(text);
}

/** The digits of a number without "+", as decks and destination lists know prefixes. */
export function e164Digits(number: E164): string {
  return number.slice(1);
}

/** A number's digits within a country, without any trunk prefix; null where it is abroad. */
export function nationalDigits(number: E164, country: string): string | null {
  if (!isSupportedCountry(country)) return null;
  const code = getCountryCallingCode(country);
  return number.startsWith(code, 1) ? number.slice(1 + code.length) : null;
}

/** The country whose number it is (ISO 3166 alpha-2); null for numbers of none (+800 …). */
export function countryOf(number: E164): string | null {
  return parsePhoneNumberFromString(number)?.country ?? null;
}

/** Strips separators; null where something else than digits, "*", "#" and a leading "+" is left. */
export function parseDialled(raw: string): DialledDigits | null {
  const stripped = raw.replace(SEPARATORS, '');
  return DIALLED_PATTERN.test(stripped) ? (stripped as DialledDigits) : null;
}

const iddPatterns = new Map<string, RegExp | null>();

/** What a country dials before a foreign number (011 in the US), anchored; null = unknown country. */
function iddPattern(country: string): RegExp | null {
  const known = iddPatterns.get(country);
  if (known !== undefined) return known;
  if (!isSupportedCountry(country)) return null;
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const idd = metadata.numberingPlan?.IDDPrefix();
  const pattern = idd ? new RegExp(`^(?:${idd})`) : null;
  iddPatterns.set(country, pattern);
  return pattern;
}

const LENGTH_PROBLEMS = {
  INVALID_COUNTRY: 'unknown_country_code',
  NOT_A_NUMBER: 'not_a_number',
  TOO_SHORT: 'too_short',
  TOO_LONG: 'too_long',
  INVALID_LENGTH: 'wrong_length',
} as const satisfies Record<
  NonNullable<ReturnType<typeof validatePhoneNumberLength>>,
  DialledProblem
>;

function refusal(text: string, country: CountryCode | undefined): DialledResult {
  const problem = validatePhoneNumberLength(text, country);
  return { ok: false, reason: problem ? LENGTH_PROBLEMS[problem] : 'wrong_length' };
}

/**
 * Whether a number reads as itself. The metadata takes national prefixes and carrier codes away
 * ("+44 (0) 20 …"); where more could be taken away each time, nothing sensible was dialled.
 */
function isStable(text: string, number: E164): boolean {
  return text === number || parsePhoneNumberFromString(number)?.number === number;
}

/**
 * Reads what was dialled in a country as a number: "+", "00" and the country's own access code
 * lead abroad, anything else is national, with or without the national prefix. In the US 10
 * digits, 1 + 10, 011, + and 00 therefore all work. Extensions and emergency numbers are the
 * caller's to match first.
 *
 * A number only has to be possible (country code, length), not assigned: numbering plans change
 * faster than metadata, and what can be reached is for the decks to say.
 */
export function normaliseDialled(raw: string, options: { country: string }): DialledResult {
  if (raw.length > MAX_REMEMBERED_CHARACTERS) return readDialled(raw, options);
  const key = `${options.country} ${raw}`;
  const known = lately.get(key) ?? before.get(key);
  if (known !== undefined) return known;
  const result = Object.freeze(readDialled(raw, options));
  if (lately.size >= MAX_REMEMBERED) {
    before = lately;
    lately = new Map();
  }
  lately.set(key, result);
  return result;
}

/**
 * Reading a number takes the metadata's patterns a twentieth of a millisecond, and a switch reads
 * the same few with every call: what they were read as is kept, in two generations.
 */
const MAX_REMEMBERED = 5_000;
/** Longer texts are nobody's number; nobody shall fill the memory with them. */
const MAX_REMEMBERED_CHARACTERS = 32;
let lately = new Map<string, DialledResult>();
let before = new Map<string, DialledResult>();

function readDialled(raw: string, options: { country: string }): DialledResult {
  const dialled = parseDialled(raw);
  if (dialled === null) return { ok: false, reason: 'not_a_number' };
  if (/[*#]/.test(dialled)) return { ok: false, reason: 'feature_code' };
  const country = isSupportedCountry(options.country) ? options.country : undefined;
  const ownAccessCode = iddPattern(options.country)?.test(dialled) ?? false;
  const text = ownAccessCode ? dialled : dialled.replace(ZERO_ZERO, '+');

  const parsed = parsePhoneNumberFromString(text, {
    ...(country ? { defaultCountry: country } : {}),
    extract: false,
  });
  if (!parsed || !isE164(parsed.number)) return refusal(text, country);
  const possible =
    parsed.countryCallingCode === '1'
      ? NANP_PATTERN.test(parsed.number)
      : parsed.isNonGeographic() || parsed.isPossible();
  if (!possible || !isStable(text, parsed.number)) return refusal(text, country);
  return { ok: true, e164: parsed.number, dialled };
}

/**
 * A number as people of a country read it: nationally where it is one of the country's own, else
 * with its country code. For eyes alone; what is dialled or stored stays E.164.
 */
export function readableNumber(number: E164, country: string): string {
  const parsed = parsePhoneNumberFromString(number);
  if (!parsed) return number;
  const isOwn =
    isSupportedCountry(country) && parsed.countryCallingCode === getCountryCallingCode(country);
  return isOwn ? parsed.formatNational() : parsed.formatInternational();
}
