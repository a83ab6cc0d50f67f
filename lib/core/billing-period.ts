import { ZoneOffsets } from './rating/zone-offsets';

/** Where a monthly service began, and by whose calendar its months are counted. */
export interface BillingAnchor {
  readonly startedAtMs: number;
  /** IANA. */
  readonly timeZone: string;
}

/** Half-open, between local midnights; Unix milliseconds. */
export interface BillingPeriod {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The nth month (from 0) of a service that began on some day: from the midnight of that day of the
 * month to the next. Counted from the beginning each time, so that what began on the 31st is due on
 * 28 February and on 31 March again; recomputed from wall clock, so that a change to summer time
 * moves no period (facts: periods).
 */
export function billingPeriod(anchor: BillingAnchor, index: number): BillingPeriod {
  return { startMs: monthStart(anchor, index), endMs: monthStart(anchor, index + 1) };
}

function monthStart({ startedAtMs, timeZone }: BillingAnchor, months: number): number {
  const { year, month, day } = wallDate(startedAtMs, timeZone);
  const lastDay = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate();
  return midnight(Date.UTC(year, month + months, Math.min(day, lastDay)), timeZone);
}

/** The instant of a date's midnight in a time zone; the first one after it where a jump skips it. */
function midnight(dateUtcMs: number, timeZone: string): number {
  const first = dateUtcMs - offsetMs(dateUtcMs, timeZone);
  const second = dateUtcMs - offsetMs(first, timeZone);
  // Around a jump the two guesses differ: the later one is on that date in any case.
  return first === second || isOn(second, dateUtcMs, timeZone) ? second : Math.max(first, second);
}

function isOn(atMs: number, dateUtcMs: number, timeZone: string): boolean {
  const { year, month, day } = wallDate(atMs, timeZone);
  return Date.UTC(year, month, day) === dateUtcMs;
}

function wallDate(atMs: number, timeZone: string) {
  const wall = new Date(atMs + offsetMs(atMs, timeZone));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth(), day: wall.getUTCDate() };
}

const zones = new Map<string, ZoneOffsets>();

/** By how much a zone's wall clock is ahead of UTC at an instant. Zones are few: all are kept. */
function offsetMs(atMs: number, timeZone: string): number {
  const zone = zones.get(timeZone) ?? new ZoneOffsets(timeZone);
  zones.set(timeZone, zone);
  return zone.offsetMs(atMs);
}
