import { AppError } from '@/lib/core/errors';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Days that are remembered; calls ask about today and tomorrow. */
const MAX_DAYS = 16;

/** A day of UTC: no zone changes its clocks twice in one. */
interface Day {
  readonly offsetMs: number;
  /** Where the clocks change within it: from when on the other offset holds. */
  readonly changesAtMs: number;
  readonly laterOffsetMs: number;
}

function unknownZone(timeZone: string, cause: unknown): AppError {
  return new AppError('INVALID_INPUT', `"${timeZone}" is no time zone such as Europe/London`, {
    cause,
  });
}

/** A time zone's distance from UTC at any moment, remembered by the day: asking `Intl` takes long. */
export class ZoneOffsets {
  private readonly format: Intl.DateTimeFormat;
  private readonly days = new Map<number, Day>();

  /** Throws INVALID_INPUT for a zone that is not known. */
  constructor(timeZone: string) {
    try {
      this.format = new Intl.DateTimeFormat('en-US', {
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
      });
    } catch (error) {
      throw unknownZone(timeZone, error);
    }
  }

  /** What the wall clock is ahead of UTC. */
  offsetMs(atMs: number): number {
    const day = this.dayOf(atMs);
    return atMs < day.changesAtMs ? day.offsetMs : day.laterOffsetMs;
  }

  /** A moment after `atMs` up to which, at least, the offset stays as it is. */
  constantUntil(atMs: number): number {
    const { changesAtMs } = this.dayOf(atMs);
    return atMs < changesAtMs ? changesAtMs : (Math.floor(atMs / DAY_MS) + 1) * DAY_MS;
  }

  private dayOf(atMs: number): Day {
    const number = Math.floor(atMs / DAY_MS);
    const known = this.days.get(number);
    if (known) return known;
    if (this.days.size >= MAX_DAYS) this.days.clear();
    const day = this.read(number * DAY_MS);
    this.days.set(number, day);
    return day;
  }

  private read(startMs: number): Day {
    const offsetMs = this.ask(startMs);
    const laterOffsetMs = this.ask(startMs + DAY_MS);
    let low = startMs;
    let high = startMs + DAY_MS;
    if (offsetMs === laterOffsetMs) return { offsetMs, changesAtMs: high, laterOffsetMs };
    while (high - low > MINUTE_MS) {
      const middle = low + Math.floor((high - low) / MINUTE_MS / 2) * MINUTE_MS;
      if (this.ask(middle) === offsetMs) low = middle;
      else high = middle;
    }
    return { offsetMs, changesAtMs: high, laterOffsetMs };
  }

  private ask(atMs: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(atMs)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  }
}
