/** A date and time as a clock on the wall shows it; months from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** By how much a zone is ahead of UTC at a moment. */
function offsetMs(atMs: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)] as const),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(atMs / 1_000) * 1_000;
}

/**
 * The moment (Unix ms) at which a zone's clocks show this. Of a time that is shown twice the first;
 * one that is skipped is taken as the same time after the gap.
 */
export function momentOf(wall: WallTime, timeZone: string): number {
  const { year, month, day, hour, minute, second } = wall;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  const before = shown - offsetMs(shown - 86_400_000, timeZone);
  if (before + offsetMs(before, timeZone) === shown) return before;
  const after = shown - offsetMs(shown + 86_400_000, timeZone);
  return after + offsetMs(after, timeZone) === shown ? after : before;
}
