const MINUTE_MS = 60_000;
/** Time zones whose last answer is kept; a house has a handful. */
const MAX_ZONES = 1_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const lately = new Map<string, { readonly minute: number; readonly day: string }>();

/**
 * The calendar day ("2026-11-28") that it is in a time zone: the day that daily limits count by. A
 * day begins at a whole minute everywhere, so one reading a minute and zone is enough.
 */
export function billingDay(timeZone: string, atMs: number): string {
  const minute = Math.floor(atMs / MINUTE_MS);
  const known = lately.get(timeZone);
  if (known?.minute === minute) return known.day;
  const day = formatOf(timeZone).format(atMs);
  if (lately.size >= MAX_ZONES) lately.clear();
  lately.set(timeZone, { minute, day });
  return day;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  if (formats.size >= MAX_ZONES) formats.clear();
  // Sweden writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}
