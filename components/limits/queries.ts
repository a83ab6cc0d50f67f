import type { QueryValue } from '@/lib/client/api';

/** What is used changes without a word to the feed. */
export const REFRESH_MS = 5_000;

/** A page of the tree; the same on the server and in the browser. */
export function limitsQuery(cursor: string | null): Readonly<Record<string, QueryValue>> {
  return { limit: 100, cursor };
}

/** The latest. */
export const NEWEST_QUERY = { limit: 100 } as const;

export const VIEWS = ['limits', 'blocks', 'report', 'callerIds', 'prefixes'] as const;
export type LimitsView = (typeof VIEWS)[number];

/** Which part of the page an address asks for. */
export function viewOf(text: string | null | undefined): LimitsView {
  return VIEWS.find((view) => view === text) ?? 'limits';
}
