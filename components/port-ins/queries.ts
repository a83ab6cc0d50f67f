import type { QueryClient } from '@tanstack/react-query';
import { refreshNumbers } from '@/components/numbers/queries';

/** Requests and the numbers that came or went with them have changed. */
export async function refreshPortIns(queryClient: QueryClient): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['list', '/port-ins'] }),
    queryClient.invalidateQueries({ queryKey: ['item', '/port-ins'] }),
    refreshNumbers(queryClient),
  ]);
}
