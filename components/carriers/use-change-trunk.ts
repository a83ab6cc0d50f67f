'use client';

import { useQueryClient } from '@tanstack/react-query';
import { callApi } from '@/lib/client/api';
import { trunkSchema, type UpdateTrunkInput, type WireTrunk } from '@/lib/services/trunks/schemas';

/** Changes a trunk and fetches again whatever shows it. */
export function useChangeTrunk() {
  const queryClient = useQueryClient();
  return async (id: string, change: UpdateTrunkInput): Promise<WireTrunk> => {
    const changed = await callApi({
      method: 'PATCH',
      path: `/trunks/${id}`,
      body: change,
      response: trunkSchema,
    });
    await Promise.all(
      ['/trunks', '/carriers', '/route-groups'].flatMap((path) => [
        queryClient.invalidateQueries({ queryKey: ['list', path] }),
        queryClient.invalidateQueries({ queryKey: ['item', path] }),
      ]),
    );
    return changed;
  };
}
