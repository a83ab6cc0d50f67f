import { AppError } from '@/lib/core/errors';
import { ZoneOffsets } from './zone-offsets';

/** Bands of one plan at most; a rate names its own in five bits. */
export const MAX_BANDS = 31;
/** Windows of one band at most. */
export const MAX_WINDOWS = 50;

const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;
/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const EPOCH_MINUTE = 3 * DAY_MINUTES;
const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const TIME_PATTERN = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/;

/** A time of day on some days of the week, by the wall clock, half-open. */
export interface WeeklyWindow {
  /** 1 = Monday … 7 = Sunday. */
  readonly days: readonly number[];
  /** "HH:MM". */
  readonly from: string;
  /** "HH:MM" or "24:00"; earlier than `from` = on the next day. */
  readonly to: string;
}

/** A part of the week with prices of its own: "peak". */
export interface Band {
  readonly name: string;
  readonly windows: readonly WeeklyWindow[];
}

/** A deck version's bands, which cover the week once; a rate names its band by its place, from 1. */
export interface BandPlan {
  /** IANA: where the wall clock hangs. */
  readonly timeZone: string;
  readonly bands: readonly Band[];
}

function problem(message: string): AppError {
  return new AppError('INVALID_INPUT', `The bands can't be used: ${message}.`);
}

function minutesOf(time: string, band: Band): number {
  const match = TIME_PATTERN.exec(time);
  if (!match) throw problem(`"${band.name}" has "${time}", which is no time such as 08:00`);
  return match[1] === undefined ? DAY_MINUTES : Number(match[1]) * 60 + Number(match[2]);
}

/** "Tuesday 08:00" for a minute of the week. */
function momentOf(minute: number): string {
  const ofDay = minute % DAY_MINUTES;
  const time = [Math.floor(ofDay / 60), ofDay % 60].map((part) => `${part}`.padStart(2, '0'));
  return `${DAY_NAMES[Math.floor(minute / DAY_MINUTES) % 7] ?? ''} ${time.join(':')}`;
}

/** Enters a window into the week. Throws INVALID_INPUT where another one stands already. */
function enter(week: Uint8Array, plan: BandPlan, at: { place: number; window: WeeklyWindow }) {
  const { place, window } = at;
  const band = plan.bands[place - 1] ?? { name: '', windows: [] };
  const from = minutesOf(window.from, band);
  const to = minutesOf(window.to, band);
  if (from === to || from === DAY_MINUTES) {
    throw problem(
      `"${band.name}" has a window from ${window.from} to ${window.to}: write a whole day as 00:00 to 24:00`,
    );
  }
  const length = to > from ? to - from : to + DAY_MINUTES - from;
  for (const day of window.days) {
    if (!Number.isInteger(day) || day < 1 || day > 7) {
      throw problem(`"${band.name}" names day ${day}: days are 1 (Monday) to 7 (Sunday)`);
    }
    const start = (day - 1) * DAY_MINUTES + from;
    for (let minute = start; minute < start + length; minute += 1) {
      const other = week[minute % WEEK_MINUTES] ?? 0;
      if (other !== 0) {
        const names = `"${plan.bands[other - 1]?.name ?? ''}" and "${band.name}"`;
        throw problem(`${momentOf(minute)} stands twice, in ${names}`);
      }
      week[minute % WEEK_MINUTES] = place;
    }
  }
}

/** The band of each minute of the week. Throws INVALID_INPUT naming the first gap or overlap. */
function weekOf(plan: BandPlan): Uint8Array {
  const { bands } = plan;
  if (bands.length === 0 || bands.length > MAX_BANDS) {
    throw problem(`there must be 1 to ${MAX_BANDS} of them, not ${bands.length}`);
  }
  const names = new Set(bands.map(({ name }) => name));
  if (names.size < bands.length) throw problem('two have the same name');
  const week = new Uint8Array(WEEK_MINUTES);
  for (const [index, band] of bands.entries()) {
    if (band.windows.length > MAX_WINDOWS) {
      throw problem(`"${band.name}" has more than ${MAX_WINDOWS} windows`);
    }
    for (const window of band.windows) enter(week, plan, { place: index + 1, window });
  }
  const gap = week.indexOf(0);
  if (gap !== -1) {
    let end = gap;
    while (end < WEEK_MINUTES && week[end] === 0) end += 1;
    throw problem(`nothing covers ${momentOf(gap)} to ${momentOf(end)}`);
  }
  return week;
}

/** How long, in minutes, each minute's band goes on from there; a whole week for the only band. */
function staysOf(week: Uint8Array): Uint16Array {
  const stays = new Uint16Array(WEEK_MINUTES);
  for (let at = 2 * WEEK_MINUTES - 1; at >= 0; at -= 1) {
    const minute = at % WEEK_MINUTES;
    const next = (minute + 1) % WEEK_MINUTES;
    const same = week[minute] === week[next];
    stays[minute] = same ? Math.min(WEEK_MINUTES, (stays[next] ?? 0) + 1) : 1;
  }
  return stays;
}

/** A stretch of time in one band. */
export interface BandStretch {
  readonly fromMs: number;
  /** Its place in the plan, from 1. */
  readonly band: number;
}

/** Tells the band of any moment by a plan, summer time included. */
export class BandClock {
  readonly plan: BandPlan;
  private readonly week: Uint8Array;
  private readonly stays: Uint16Array;
  private readonly zone: ZoneOffsets;

  /**
   * Throws INVALID_INPUT for a plan that does not cover the week once, with the first gap or
   * overlap, or whose zone is not known.
   */
  constructor(plan: BandPlan) {
    this.plan = plan;
    this.zone = new ZoneOffsets(plan.timeZone);
    this.week = weekOf(plan);
    this.stays = staysOf(this.week);
  }

  /** The place of the band in force. */
  bandAt(atMs: number): number {
    return this.week[this.minuteAt(atMs)] ?? 0;
  }

  /** The name of a band by its place. */
  nameOf(band: number): string {
    return this.plan.bands[band - 1]?.name ?? '';
  }

  /** The bands from a moment on until another, in order; the first begins at `fromMs` itself. */
  stretches(fromMs: number, untilMs: number): readonly BandStretch[] {
    const found: BandStretch[] = [];
    for (let at = fromMs; at < untilMs; ) {
      const minute = this.minuteAt(at);
      const band = this.week[minute] ?? 0;
      if (found.at(-1)?.band !== band) found.push({ fromMs: at, band });
      const changes = at - (at % MINUTE_MS) + (this.stays[minute] ?? 1) * MINUTE_MS;
      at = Math.min(changes, this.zone.constantUntil(at));
    }
    return found;
  }

  private minuteAt(atMs: number): number {
    const minutes = Math.floor((atMs + this.zone.offsetMs(atMs)) / MINUTE_MS);
    return (((minutes + EPOCH_MINUTE) % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
  }
}

/** Throws INVALID_INPUT for a plan that can't be used; says what is missing or stands twice. */
export function checkBandPlan(plan: BandPlan): void {
  new BandClock(plan);
}
