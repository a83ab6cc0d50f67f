/**
 * time: 14:27 · seconds: 11:08:37 · day: Fri 20 Nov · date: 20 Nov 2026 ·
 * moment: Fri 20 Nov, 11:08 · exact: Fri 20 Nov, 11:08:37
 */
export type TimeStyle = 'time' | 'seconds' | 'day' | 'date' | 'moment' | 'exact';

type Parts = Partial<Record<Intl.DateTimeFormatPartTypes, string>>;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Made from parts, so that a server's and a browser's Intl cannot write the same time differently. */
function partsOf(date: Date, locale: string, timeZone: string): Parts {
  const key = `${locale} ${timeZone}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(key, formatter);
  }
  const parts: Parts = {};
  for (const part of formatter.formatToParts(date)) parts[part.type] = part.value;
  return parts;
}

/** A moment in somebody's time zone, 24 hours, day before month. */
export function formatTime(
  date: Date,
  style: TimeStyle,
  where: { locale: string; timeZone: string },
): string {
  const part = partsOf(date, where.locale, where.timeZone);
  const time = `${part.hour}:${part.minute}`;
  const day = `${part.weekday} ${part.day} ${part.month}`;
  const written: Record<TimeStyle, string> = {
    time,
    seconds: `${time}:${part.second}`,
    day,
    date: `${part.day} ${part.month} ${part.year}`,
    moment: `${day}, ${time}`,
    exact: `${day}, ${time}:${part.second}`,
  };
  return written[style];
}

/** The same moment for those who compare logs: "2026-11-20 16:08:37 UTC". */
export function formatUtc(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
