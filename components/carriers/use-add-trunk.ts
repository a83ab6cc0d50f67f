'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { trunkSchema, type WireTrunk } from '@/lib/services/trunks/schemas';

export interface AddedTrunk<Values> {
  /** What the API is sent. */
  readonly bodyOf: (values: Values) => unknown;
  /** What is said when it is there. */
  readonly said: (trunk: WireTrunk) => string;
  readonly onAdded: (trunk: WireTrunk) => void;
}

/** Makes a trunk of either kind; carriers count theirs, so their list is read again as well. */
export function useAddTrunk<Values>({ bodyOf, said, onAdded }: AddedTrunk<Values>) {
  const toast = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (values: Values) =>
      callApi({ method: 'POST', path: '/trunks', body: bodyOf(values), response: trunkSchema }),
    onSuccess: async (trunk) => {
      await Promise.all(
        ['/trunks', '/carriers'].map((path) =>
          queryClient.invalidateQueries({ queryKey: ['list', path] }),
        ),
      );
      toast.done(said(trunk));
      onAdded(trunk);
    },
  });
}
