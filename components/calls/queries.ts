import type { QueryValue } from '@/lib/client/api';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Choices of "When", in days back from now. */
export const WHENS = { today: 1, week: 7, month: 30 } as const;
export type When = keyof typeof WHENS;

const isWhen = (text: string): text is When => Object.hasOwn(WHENS, text);

/** Filters of the list, as they stand in the address. */
export interface CallFilters {
  search: string | null;
  when: string | null;
  direction: string | null;
  result: string | null;
}

/** Begun at or after; whole hours, so that the same list keeps its name for a while. */
function beginOf(when: string | null, nowMs: number): string | null {
  if (when === null || !isWhen(when)) return null;
  const hour = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  return new Date(hour - WHENS[when] * DAY_MS).toISOString();
}

/** The filters as the API takes them, for the list and for its export. */
export function callFilterQuery(filters: CallFilters, nowMs: number): Record<string, QueryValue> {
  return {
    search: filters.search === '' ? null : filters.search,
    from: beginOf(filters.when, nowMs),
    direction: filters.direction,
    result: filters.result,
  };
}

/** What the API is asked for; the same on the server and in the browser, so that it is asked once. */
export function callQuery(
  filters: CallFilters & { cursor: string | null },
  nowMs: number,
): Record<string, QueryValue> {
  return { ...callFilterQuery(filters, nowMs), cursor: filters.cursor, limit: 50 };
}

/** The chart and the sums of days that the list and the overview share. */
export const OVERVIEW_QUERY = { days: 30 } as const;
