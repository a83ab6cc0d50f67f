import { MAX_CALL_SECONDS } from '@/lib/core/duration';
import { MICRO_SCALE, NANO_SCALE } from '@/lib/core/money';
import { momentOf, type WallTime } from '@/lib/core/wall-clock';

/** A value as it was meant, or what is wrong with it, as the end of a sentence about the cell. */
export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

const good = <Value>(value: Value): Reading<Value> => ({ ok: true, value });
const bad = (problem: string): { readonly ok: false; readonly problem: string } => ({
  ok: false,
  problem,
});

const PREFIX = /^[1-9]\d{0,14}$/;
/** Stands for the prefix of everything. */
export const EVERYTHING = '*';

/** "+44", "0044" and "44 20" are prefixes; "*" is that of everything. */
export function readPrefix(text: string): Reading<string> {
  const trimmed = text.trim();
  if (trimmed === '') return bad('is empty: the digits that the numbers begin with belong here');
  if (trimmed === EVERYTHING) return good('');
  const digits = trimmed.replace(/[\s\-().]/g, '').replace(/^(?:\+|00)/, '');
  if (PREFIX.test(digits)) return good(digits);
  if (/[,;]|\d\s*-\s*\d/.test(trimmed)) {
    return bad('holds several prefixes: one in each row is taken');
  }
  if (/^\d+$/.test(digits)) {
    return bad(
      digits.startsWith('0')
        ? 'begins with 0: prefixes are international, with the country’s code'
        : 'has more than 15 digits',
    );
  }
  return bad('is no prefix: digits with the country’s code first, "+" or "00" before it or not');
}

/** Symbols and codes that stand beside an amount. */
const CURRENCY = /^[A-Z]{3}\s*|\s*[A-Z]{3}$|[$€£¥₹₽]/g;
const DECIMAL = /^(\d*)(?:[.,](\d*))?(?:[eE]([+-]?\d{1,2}))?$/;
const WHOLE_DIGITS = 6;

/**
 * A decimal as an integer of 10⁻ˢᶜᵃˡᵉ; a comma is a point, and neither parts thousands. Nothing is
 * rounded: more decimals than can be kept are a problem.
 */
export function readDecimal(text: string, scale: number, currency?: string): Reading<bigint> {
  const trimmed = text.trim();
  const code = /(?:^|\s|\d)([A-Z]{3})(?:$|\s|\d)/.exec(trimmed)?.[1];
  if (code !== undefined && currency !== undefined && code !== currency) {
    return bad(`is in ${code}, the deck in ${currency}`);
  }
  const plain = trimmed.replace(CURRENCY, '').trim();
  if (plain.startsWith('-')) return bad('is negative');
  if (plain.includes(',') && plain.includes('.')) {
    return bad('has a comma and a point: only the sign before the decimals is taken');
  }
  const match = DECIMAL.exec(plain);
  const whole = match?.[1] ?? '';
  const decimals = match?.[2] ?? '';
  if (!match || whole + decimals === '') return bad('is no number');
  const point = whole.length + Number(match[3] ?? 0);
  const digits = whole + decimals;
  const before = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const after = (point < 0 ? '0'.repeat(-point) : '') + digits.slice(Math.max(0, point));
  const kept = after.replace(/0+$/, '');
  if (kept.length > scale) return bad(`has more than ${scale} decimals`);
  if (before.replace(/^0+/, '').length > WHOLE_DIGITS) return bad('is too large');
  return good(BigInt(before + kept.padEnd(scale, '0')));
}

/** A price a minute in nano-units. */
export const readPerMinute = (text: string, currency?: string): Reading<bigint> =>
  readDecimal(text, NANO_SCALE, currency);

/** An amount in micro-units. */
export const readAmount = (text: string, currency: string): Reading<bigint> =>
  readDecimal(text, MICRO_SCALE, currency);

/** "25%", "25" and "12,5 %" in millionths. */
export function readPercent(text: string): Reading<number> {
  const read = readDecimal(text.trim().replace(/%$/, ''), 4);
  return read.ok ? good(Number(read.value)) : read;
}

/** Whole seconds: "60", "60 s", "60 sec". */
export function readSeconds(text: string): Reading<number> {
  const match = /^(\d{1,6})(?:[.,]0+)?\s*(?:s|secs?|seconds?)?\.?$/i.exec(text.trim());
  if (!match) return bad('is no whole number of seconds');
  const seconds = Number(match[1]);
  if (seconds > MAX_CALL_SECONDS) return bad('is longer than a day');
  return good(seconds);
}

/** A first increment and the next ones: "60/60", "30/6", "1+1", or "60" for both. */
export function readIncrements(text: string): Reading<{ first: number; next: number }> {
  const match = /^(\d{1,5})\s*(?:[/+:;\-x]\s*(\d{1,5}))?\s*(?:s|secs?|seconds?)?$/i.exec(
    text.trim(),
  );
  if (!match) return bad('is no pair of increments such as 60/60 or 30/6');
  const first = Number(match[1]);
  const next = match[2] === undefined ? first : Number(match[2]);
  if (first > 3_600 || next > 3_600) return bad('is longer than an hour');
  if (next === 0) return bad('has a next increment of 0 s: nothing could be counted');
  return good({ first, next });
}

const YES = new Set([
  ...['yes', 'y', 'true', '1', 'x', 'blocked', 'block', 'closed', 'close', 'disabled', 'inactive'],
  ...['reject', 'rejected', 'n/a', 'na', 'not available', 'unavailable', 'delete', 'deleted'],
  ...['ja', 'gesperrt', 'geschlossen', 'oui', 'bloqué', 'fermé', 'si', 'sí', 'bloqueado'],
  ...['cerrado', 'sì', 'bloccato', 'chiuso', 'sim', 'fechado', 'geblokkeerd', 'gesloten', 'да'],
]);
const NO = new Set([
  ...['', 'no', 'n', 'false', '0', 'open', 'opened', 'active', 'enabled', 'available', 'current'],
  ...['new', 'increase', 'decrease', 'unchanged', 'no change', 'same', 'changed', 'up', 'down'],
  ...['nein', 'offen', 'aktiv', 'non', 'ouvert', 'actif', 'abierto', 'activo', 'aperto', 'attivo'],
  ...['não', 'nao', 'aberto', 'ativo', 'nee', 'actief', 'нет'],
]);
/** What stands in a price's place where there is none. */
const INSTEAD_OF_A_PRICE = new Set([
  ...['blocked', 'block', 'closed', 'reject', 'rejected', 'n/a', 'na', 'not available'],
  ...['unavailable', 'gesperrt', 'geschlossen', 'bloqué', 'fermé', 'bloqueado', 'cerrado'],
  ...['bloccato', 'chiuso', 'fechado', 'geblokkeerd'],
]);

/** Whether something holds, in words of several languages. */
export function readFlag(text: string): Reading<boolean> {
  const word = text.trim().toLowerCase();
  if (YES.has(word)) return good(true);
  if (NO.has(word)) return good(false);
  return bad('is neither yes nor no');
}

/** Whether a word says, where a price belongs, that the destination is not sold. */
export const meansBlocked = (text: string): boolean =>
  INSTEAD_OF_A_PRICE.has(text.trim().toLowerCase());

/** In which order a date's numbers come where its year is last. */
export type DateOrder = 'dmy' | 'mdy';

export interface DateContext {
  readonly order: DateOrder;
  readonly timeZone: string;
  /** A day without a time is meant up to its end: "valid to 31 December". */
  readonly isEnd: boolean;
}

const NO_DATE = new Set(['', '-', 'immediately', 'immediate', 'now', 'asap', 'always', 'never']);
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/;
const NAMED = /^(\d{1,2})[-\s/.]?([A-Za-z]{3})[a-z]*[-\s/.,]*(\d{4})$/;
const TIME = /^(.*?)[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * A moment in Unix ms, null for none: ISO 8601, or a date as people write it, on the account's
 * clock where no zone is said.
 */
export function readMoment(text: string, context: DateContext): Reading<number | null> {
  const trimmed = text.trim();
  if (NO_DATE.has(trimmed.toLowerCase())) return good(null);
  const time = TIME.exec(trimmed);
  const day = readDay(time?.[1] ?? trimmed, context.order);
  if (day === null) return bad('is no date such as 2026-12-31');
  const hour = Number(time?.[2] ?? 0);
  const minute = Number(time?.[3] ?? 0);
  const second = Number(time?.[4] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return bad('has a time that no clock shows');
  const wall: WallTime = { ...day, hour, minute, second };
  if (time?.[5] !== undefined) {
    const ms = Date.UTC(day.year, day.month - 1, day.day, hour, minute, second);
    return good(ms - zoneMs(time[5]) + fractionMs(trimmed));
  }
  const ends = context.isEnd && time === null;
  return good(momentOf(ends ? { ...wall, day: wall.day + 1 } : wall, context.timeZone));
}

function readDay(text: string, order: DateOrder): Pick<WallTime, 'year' | 'month' | 'day'> | null {
  const first = YEAR_FIRST.exec(text);
  if (first) return checked(Number(first[1]), Number(first[2]), Number(first[3]));
  const last = YEAR_LAST.exec(text);
  if (last) {
    const [one, two] = [Number(last[1]), Number(last[2])];
    const [day, month] = order === 'dmy' ? [one, two] : [two, one];
    return checked(Number(last[3]), month, day);
  }
  const named = NAMED.exec(text);
  if (!named) return null;
  const month = MONTHS.indexOf((named[2] ?? '').toLowerCase()) + 1;
  return checked(Number(named[3]), month, Number(named[1]));
}

function checked(year: number, month: number, day: number) {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal && year >= 1970 && year <= 2200 ? { year, month, day } : null;
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}

function fractionMs(text: string): number {
  const digits = /:\d{2}\.(\d{1,3})/.exec(text)?.[1];
  return digits === undefined ? 0 : Number(digits.padEnd(3, '0'));
}
