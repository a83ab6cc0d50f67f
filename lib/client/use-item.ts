'use client';

import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import { callApi, type QueryValue } from './api';

export interface ItemRequest<Response extends z.ZodType> {
  /** Below /api/v1: the collection, such as "/extensions", or a single thing such as "/overview". */
  path: string;
  /** Which of the collection; left out for a single thing. null: none yet, nothing is fetched. */
  id?: string | null;
  query?: Readonly<Record<string, QueryValue>>;
  response: Response;
  /** Fetches again this often; for what changes without an event. */
  refreshEveryMs?: number | undefined;
}

/** The key under which one thing is kept; live events make all of a path old at once. */
export function itemKey(path: string, id?: string | null, query?: ItemRequest<z.ZodType>['query']) {
  return ['item', path, id ?? null, query ?? null] as const;
}

/** One thing of the API, kept fresh; the last answer stays while the next is fetched. */
export function useItem<Response extends z.ZodType>(
  request: ItemRequest<Response>,
): UseQueryResult<z.output<Response>> {
  const { path, id, query, response, refreshEveryMs } = request;
  return useQuery({
    queryKey: itemKey(path, id, query),
    queryFn: ({ signal }) =>
      callApi({
        path: id === undefined ? path : `${path}/${id}`,
        ...(query === undefined ? {} : { query }),
        response,
        signal,
      }),
    enabled: id !== null,
    ...(id === undefined ? { placeholderData: keepPreviousData } : {}),
    refetchInterval: refreshEveryMs ?? false,
  });
}
