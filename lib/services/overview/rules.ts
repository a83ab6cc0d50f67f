const DAY_MS = 86_400_000;
/** Beyond this nothing can be said from a week. */
const HORIZON_DAYS = 730n;

/**
 * When funds are used up at so much a day; null = later than anybody can tell. Renewals join when
 * there are billing cycles to debit them.
 */
export function runsOutAtMs(
  availableMicro: bigint,
  burnPerDayMicro: bigint,
  nowMs: number,
): number | null {
  if (availableMicro <= 0n) return nowMs;
  if (burnPerDayMicro <= 0n) return null;
  if (availableMicro > burnPerDayMicro * HORIZON_DAYS) return null;
  return nowMs + Number((availableMicro * BigInt(DAY_MS)) / burnPerDayMicro);
}

/** The dates (in ISO form) of the last `days` days up to today in a time zone, the oldest first. */
export function lastDates(nowMs: number, days: number, timeZone: string): string[] {
  const [year = 0, month = 1, day = 1] = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
    .format(nowMs)
    .split('-')
    .map(Number);
  // Counted in calendar days, so that days of 23 and 25 hours are days like any other.
  return Array.from({ length: days }, (_, index) =>
    new Date(Date.UTC(year, month - 1, day - (days - 1 - index))).toISOString().slice(0, 10),
  );
}
