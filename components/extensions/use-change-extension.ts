'use client';

import { useQueryClient } from '@tanstack/react-query';
import { callApi } from '@/lib/client/api';
import {
  extensionSchema,
  type UpdateExtensionInput,
  type WireExtension,
} from '@/lib/services/extensions/schemas';

/** Changes an extension and fetches again whatever shows it. */
export function useChangeExtension() {
  const queryClient = useQueryClient();
  return async (id: string, change: UpdateExtensionInput): Promise<WireExtension> => {
    const changed = await callApi({
      method: 'PATCH',
      path: `/extensions/${id}`,
      body: change,
      response: extensionSchema,
    });
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['list', '/extensions'] }),
      queryClient.invalidateQueries({ queryKey: ['item', '/extensions'] }),
    ]);
    return changed;
  };
}
