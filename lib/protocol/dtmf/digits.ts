/** The keys of a phone in the order of their event codes (RFC 4733 §3.2). */
const KEYS = '0123456789*#ABCD';
/** The keypad, by row and column of frequencies (ITU-T Q.23). */
const KEYPAD = '123A456B789C*0#D';
/** The low and the high group. */
export const ROWS_HZ: readonly number[] = [697, 770, 852, 941];
export const COLUMNS_HZ: readonly number[] = [1_209, 1_336, 1_477, 1_633];

/** One key: "0" to "9", "*", "#", "A" to "D". */
export type Digit = string;

/** The key of an event code; null for other events (flash, fax tones …). */
export function digitOfEvent(event: number): Digit | null {
  return KEYS[event] ?? null;
}

/** The event code of a key; null for what is none. */
export function eventOfDigit(digit: Digit): number | null {
  const event = digit.length === 1 ? KEYS.indexOf(digit.toUpperCase()) : -1;
  return event < 0 ? null : event;
}

/** The key at a crossing of the keypad. */
export function digitAt(row: number, column: number): Digit {
  return KEYPAD[row * 4 + column] ?? '';
}

/** The two frequencies of a key; null for what is none. */
export function frequenciesOf(digit: Digit): { rowHz: number; columnHz: number } | null {
  const place = digit.length === 1 ? KEYPAD.indexOf(digit.toUpperCase()) : -1;
  const [rowHz, columnHz] = [ROWS_HZ[place >> 2], COLUMNS_HZ[place & 3]];
  if (place < 0 || rowHz === undefined || columnHz === undefined) return null;
  return { rowHz, columnHz };
}
