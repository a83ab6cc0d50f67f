const DAY_MS = 86_400_000;
/** Beyond this nothing can be said from a week. */
const HORIZON_DAYS = 730;

/** Something that is taken at a known moment, such as the month of a number. */
export interface ScheduledDebit {
  readonly atMs: number;
  readonly amountMicro: bigint;
}

/**
 * When funds are used up at so much a day and what is taken at known moments besides (facts: "runs
 * out on" walks the future); null = later than anybody can tell.
 */
export function runsOutAtMs(
  availableMicro: bigint,
  burnPerDayMicro: bigint,
  when: { readonly nowMs: number; readonly debits: readonly ScheduledDebit[] },
): number | null {
  const { nowMs } = when;
  if (availableMicro <= 0n) return nowMs;
  const horizonMs = nowMs + HORIZON_DAYS * DAY_MS;
  const debits = when.debits
    .map(({ atMs, amountMicro }) => ({ atMs: Math.max(atMs, nowMs), amountMicro }))
    .filter(({ atMs }) => atMs < horizonMs)
    .sort((one, other) => one.atMs - other.atMs);
  let leftMicro = availableMicro;
  let atMs = nowMs;
  for (const debit of debits) {
    const burntMicro = (burnPerDayMicro * BigInt(debit.atMs - atMs)) / BigInt(DAY_MS);
    if (burntMicro >= leftMicro) break;
    leftMicro -= burntMicro + debit.amountMicro;
    atMs = debit.atMs;
    if (leftMicro <= 0n) return atMs;
  }
  if (burnPerDayMicro <= 0n) return null;
  const endMs = atMs + Number((leftMicro * BigInt(DAY_MS)) / burnPerDayMicro);
  return endMs > horizonMs ? null : endMs;
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
