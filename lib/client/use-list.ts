'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import { pageOf } from '@/lib/services/wire/schemas';
import { callApi, type QueryValue } from './api';

/** A list as a table wants it, whatever stage it is in. */
export interface ListState<Row> {
  /** undefined until the first answer; afterwards the last answer stays while the next is fetched. */
  rows: readonly Row[] | undefined;
  nextCursor: string | null;
  error: Error | null;
  isFetching: boolean;
  refetch: () => void;
}

export interface ListRequest<Item extends z.ZodType> {
  /** Below /api/v1. */
  path: string;
  query?: Readonly<Record<string, QueryValue>>;
  item: Item;
  /** Fetches again this often; for what changes without an event. */
  refreshEveryMs?: number;
}

/** The key under which a list is kept: invalidate `listKey(path)` to refetch all its pages. */
export function listKey(path: string, query?: ListRequest<z.ZodType>['query']) {
  return query === undefined ? (['list', path] as const) : (['list', path, query] as const);
}

/** One page of a list of the API, kept fresh. */
export function useList<Item extends z.ZodType>(
  request: ListRequest<Item>,
): ListState<z.output<Item>> {
  const { path, query = {}, item, refreshEveryMs } = request;
  const result = useQuery({
    queryKey: listKey(path, query),
    queryFn: ({ signal }) => callApi({ path, query, response: pageOf(item), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshEveryMs ?? false,
  });
  return {
    rows: result.data?.items,
    nextCursor: result.data?.nextCursor ?? null,
    error: result.error,
    isFetching: result.isFetching,
    refetch: () => void result.refetch(),
  };
}
