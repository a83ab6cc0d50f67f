import type { QueryClient } from '@tanstack/react-query';
import type { QueryValue } from '@/lib/client/api';

/** What the API is asked for; the same on the server and in the browser, so that it is asked once. */
export function soundQuery(filters: { cursor: string | null }): Record<string, QueryValue> {
  return { cursor: filters.cursor, limit: 100 };
}

/** Sounds have changed: lists of them, and what tenants have chosen, are fetched again. */
export async function refreshSounds(queryClient: QueryClient): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey }) => String(queryKey[1]).endsWith('/sounds'),
  });
}
