'use client';

import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { callApi } from '@/lib/client/api';
import { type ListState, listKey } from '@/lib/client/use-list';
import { accountPageSchema } from '@/lib/services/accounts/schemas';
import { type AccountRow, type Children, treeRows } from './account-rows';
import { childrenQuery } from './queries';

const PATH = '/accounts';

export interface AccountTree extends Pick<ListState<AccountRow>, 'rows' | 'error' | 'refetch'> {
  toggle: (accountId: string) => void;
}

/** The accounts below one as a tree: what is unfolded is fetched, and nothing else. */
export function useAccountTree(rootId: string, unfoldedAtFirst: readonly string[]): AccountTree {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(() => new Set(unfoldedAtFirst));
  const parents = useMemo(() => [rootId, ...unfolded], [rootId, unfolded]);
  const results = useQueries({
    queries: parents.map((parentId) => ({
      queryKey: listKey(PATH, childrenQuery(parentId)),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        callApi({
          path: PATH,
          query: childrenQuery(parentId),
          response: accountPageSchema,
          signal,
        }),
    })),
  });
  const childrenOf = new Map<string, Children>();
  results.forEach(({ data }, index) => {
    const parentId = parents[index];
    if (!data || parentId === undefined) return;
    childrenOf.set(parentId, { items: data.items, hasMore: data.nextCursor !== null });
  });
  return {
    rows: treeRows({ rootId, childrenOf, unfolded }),
    error: results[0]?.error ?? null,
    refetch: () => {
      for (const result of results) void result.refetch();
    },
    toggle: (accountId) =>
      setUnfolded((before) => {
        const next = new Set(before);
        if (!next.delete(accountId)) next.add(accountId);
        return next;
      }),
  };
}
