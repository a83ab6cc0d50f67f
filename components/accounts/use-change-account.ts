'use client';

import { useQueryClient } from '@tanstack/react-query';
import { callApi } from '@/lib/client/api';
import {
  accountSchema,
  type UpdateAccountInput,
  type WireAccount,
} from '@/lib/services/accounts/schemas';

/** Changes an account and fetches again whatever shows it. */
export function useChangeAccount() {
  const queryClient = useQueryClient();
  return async (id: string, change: UpdateAccountInput): Promise<WireAccount> => {
    const changed = await callApi({
      method: 'PATCH',
      path: `/accounts/${id}`,
      body: change,
      response: accountSchema,
    });
    await Promise.all(
      ['/accounts', '/decks'].flatMap((path) => [
        queryClient.invalidateQueries({ queryKey: ['list', path] }),
        queryClient.invalidateQueries({ queryKey: ['item', path] }),
      ]),
    );
    return changed;
  };
}
