declare const e164Brand: unique symbol;
declare const dialledBrand: unique symbol;

/** A number as the whole world knows it: "+" and 7 to 15 digits (ITU-T E.164). */
export type E164 = string & { readonly [e164Brand]: true };

/** What somebody dialled, with separators stripped: digits, "*" and "#", perhaps a leading "+". */
export type DialledDigits = string & { readonly [dialledBrand]: true };

const E164_PATTERN = /^\+[1-9]\d{6,14}$/;

/** Whether a text is a number in strict E.164 form; says nothing about whether it exists. */
export function isE164(text: string): text is E164 {
  return E164_PATTERN.test(text);
}

/** The digits of a number without "+", as decks and destination lists know prefixes. */
export function e164Digits(number: E164): string {
  return number.slice(1);
}
