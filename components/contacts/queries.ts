import type { QueryValue } from '@/lib/client/api';

/** What the API is asked for; the same on the server and in the browser, so that it is asked once. */
export function contactQuery(filters: {
  search: string | null;
  cursor: string | null;
}): Record<string, QueryValue> {
  return {
    search: filters.search === '' ? null : filters.search,
    cursor: filters.cursor,
    limit: 100,
  };
}
