import { type Digit, digitOfEvent, eventOfDigit } from './digits';

/** What bodies without a duration mean, and what phones write. */
const USUAL_MS = 160;
const LEAST_MS = 40;
const MOST_MS = 5_000;

const RELAY = 'application/dtmf-relay';
const PLAIN = 'application/dtmf';

/** A key as INFO tells it. */
export interface DigitInfo {
  readonly digit: Digit;
  readonly durationMs: number;
}

/** "5", "*", "#", "A"; some write "10" and "11" for star and pound, by their event codes. */
function digitOf(text: string): Digit | null {
  const event = text.length === 1 ? eventOfDigit(text) : null;
  if (event !== null) return digitOfEvent(event);
  return /^1[0-5]$/.test(text) ? digitOfEvent(Number(text)) : null;
}

/**
 * The key in an INFO request: "Signal=5 Duration=160" on lines of their own, or the bare key. There
 * is no RFC for either; this is what phones and carriers agree on. Null for all other bodies.
 */
export function digitInfoOf(contentType: string | undefined, body: Uint8Array): DigitInfo | null {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (body.length > 256 || (type !== RELAY && type !== PLAIN)) return null;
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  const signal = type === RELAY ? /^\s*signal\s*=\s*(\S{1,2})\s*$/im.exec(text)?.[1] : text.trim();
  const digit = digitOf(signal ?? '');
  if (digit === null) return null;
  const told = Number(/^\s*duration\s*=\s*(\d{1,5})\s*$/im.exec(text)?.[1] ?? USUAL_MS);
  return { digit, durationMs: Math.max(LEAST_MS, Math.min(MOST_MS, told)) };
}
