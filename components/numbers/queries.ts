import type { QueryClient } from '@tanstack/react-query';
import type { QueryValue } from '@/lib/client/api';

/** Filters of a list of numbers, in the address. */
export const NUMBER_FILTERS = ['state', 'kind', 'stock'] as const;
export type NumberFilter = (typeof NUMBER_FILTERS)[number];

/** What the API is asked for; the same on the server and in the browser, so that it is asked once. */
export function numberQuery(filters: {
  search: string | null;
  state: string | null;
  kind: string | null;
  accountId: string | null;
  cursor: string | null;
}): Record<string, QueryValue> {
  const { search, ...rest } = filters;
  return { ...rest, search: search === '' ? null : search, limit: 100 };
}

/** What is more than a page of these is no choice any more, but a search. */
export const CHOICE_QUERY = { limit: 200 } as const;

/** Numbers, what they cost and what is on offer have changed. */
export async function refreshNumbers(queryClient: QueryClient): Promise<void> {
  const paths = ['/numbers', '/numbers/offers', '/wallets', '/extensions', '/emergency-addresses'];
  await Promise.all([
    ...paths.map((path) => queryClient.invalidateQueries({ queryKey: ['list', path] })),
    queryClient.invalidateQueries({
      predicate: ({ queryKey }) =>
        queryKey[0] === 'item' &&
        typeof queryKey[1] === 'string' &&
        /^\/(numbers|emergency-addresses)/.test(queryKey[1]),
    }),
  ]);
}
