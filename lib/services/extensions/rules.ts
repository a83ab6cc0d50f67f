import { isEmergencyNumber } from '@/lib/core/emergency';
import { AppError } from '@/lib/core/errors';

/** Characters that are told apart on a desk phone's display and dialled into its menu. */
const SECRET_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
/** 22 characters of 57: 128 bits, as much as the HA1 that is made of it. */
const SECRET_LENGTH = 22;
/** DESIGN, "SIP secrets". */
const SECRET_MIN_LENGTH = 12;
const SECRET_MAX_LENGTH = 64;
/** Printable ASCII without what breaks provisioning files and URIs: space, quotes, backslash, <>. */
const SECRET_PATTERN = /^[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d-\x7e]+$/;

/** Where the next free number is looked for; three digits, as people expect of a small office. */
const FIRST_NUMBER = 101;
const LAST_NUMBER = 9_999;

/** A fresh secret out of random bytes (at least 64). */
export function makeSecret(random: Uint8Array): string {
  const usable = 256 - (256 % SECRET_ALPHABET.length);
  let secret = '';
  for (const byte of random) {
    if (byte >= usable) continue;
    secret += SECRET_ALPHABET[byte % SECRET_ALPHABET.length];
    if (secret.length === SECRET_LENGTH) return secret;
  }
  throw new AppError('INTERNAL', 'not enough randomness for a secret');
}

/** Throws INVALID_INPUT for a secret that must not protect an extension. */
export function checkSecret(secret: string, extension: { number: string; name: string }): void {
  const problem =
    secret.length < SECRET_MIN_LENGTH
      ? `must have at least ${SECRET_MIN_LENGTH} characters`
      : secret.length > SECRET_MAX_LENGTH
        ? `must have at most ${SECRET_MAX_LENGTH} characters`
        : !SECRET_PATTERN.test(secret)
          ? 'must consist of printable ASCII characters without spaces, quotes, "\\", "<"'
          : secret === extension.number || secret.toLowerCase() === extension.name.toLowerCase()
            ? 'must not be the user name or the number'
            : new Set(secret).size < 4
              ? 'repeats too few characters'
              : null;
  if (problem !== null) {
    throw new AppError('INVALID_INPUT', `The secret ${problem}.`, {
      meta: { issues: [{ path: 'secret', message: problem }] },
    });
  }
}

/** Throws INVALID_INPUT for a number that an extension must not have in a country. */
export function checkNumber(number: string, country: string): void {
  if (!isEmergencyNumber(country, number)) return;
  const message = `${number} is an emergency number in ${country}`;
  throw new AppError('INVALID_INPUT', `${message}: an extension may not have it.`, {
    meta: { issues: [{ path: 'number', message }] },
  });
}

/**
 * The lowest number from 101 on that is neither taken nor an emergency number of the country.
 * Throws CONFLICT when none is left.
 */
export function nextFreeNumber(taken: ReadonlySet<string>, country: string): string {
  for (let candidate = FIRST_NUMBER; candidate <= LAST_NUMBER; candidate += 1) {
    const number = String(candidate);
    if (!taken.has(number) && !isEmergencyNumber(country, number)) return number;
  }
  throw new AppError('CONFLICT', 'The tenant has no free extension number left.');
}
