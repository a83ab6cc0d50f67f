'use client';

import { parseAsString, useQueryStates } from 'nuqs';
import { useRef } from 'react';

/** Letters typed into a search wait this long before they become a request. */
const SEARCH_PAUSE_MS = 250;

export interface ListSort {
  id: string;
  desc: boolean;
}

export interface ListUrl<Filter extends string> {
  search: string;
  setSearch: (text: string) => void;
  /** Values of the filters that are set. */
  filters: Readonly<Record<Filter, string | null>>;
  setFilter: (name: Filter, value: string | null) => void;
  isFiltered: boolean;
  clear: () => void;
  sort: ListSort | null;
  setSort: (sort: ListSort | null) => void;
  /** As the API wants it: "-started"; null = the list's own order. */
  sortParam: string | null;
  cursor: string | null;
  isFirstPage: boolean;
  older: (nextCursor: string) => void;
  newer: () => void;
  /** The row whose sheet is open. */
  openId: string | null;
  setOpenId: (id: string | null) => void;
}

const own = {
  q: parseAsString.withDefault(''),
  sort: parseAsString,
  cursor: parseAsString,
  open: parseAsString,
};

function readSort(text: string | null): ListSort | null {
  if (text === null || text === '') return null;
  return text.startsWith('-') ? { id: text.slice(1), desc: true } : { id: text, desc: false };
}

const writeSort = (sort: ListSort | null): string | null =>
  sort === null ? null : `${sort.desc ? '-' : ''}${sort.id}`;

/**
 * The state of a list lives in the address: search, filters, order, page and open row can be sent
 * to somebody and survive a reload. Whatever changes what is listed goes back to the first page.
 */
export function useListUrl<Filter extends string = never>(
  filterNames: readonly Filter[] = [],
): ListUrl<Filter> {
  const [state, setState] = useQueryStates(own, { history: 'replace' });
  const [filters, setFilters] = useQueryStates(
    Object.fromEntries(filterNames.map((name) => [name, parseAsString])),
    { history: 'replace' },
  );
  // Cursors only lead on; the way back is remembered, and from a deep link it leads to the start.
  const trail = useRef<(string | null)[]>([]);
  const fromStart = () => {
    trail.current = [];
    return { cursor: null };
  };
  const values = Object.fromEntries(filterNames.map((name) => [name, filters[name] ?? null]));
  return {
    search: state.q,
    setSearch: (q) =>
      void setState(
        { q: q === '' ? null : q, ...fromStart() },
        { limitUrlUpdates: { method: 'debounce', timeMs: SEARCH_PAUSE_MS } },
      ),
    filters: values as Record<Filter, string | null>,
    setFilter: (name, value) => {
      void setFilters({ [name]: value });
      void setState(fromStart());
    },
    isFiltered: state.q !== '' || Object.values(values).some((value) => value !== null),
    clear: () => {
      void setFilters(null);
      void setState({ q: null, ...fromStart() });
    },
    sort: readSort(state.sort),
    setSort: (sort) => void setState({ sort: writeSort(sort), ...fromStart() }),
    sortParam: state.sort,
    cursor: state.cursor,
    isFirstPage: state.cursor === null,
    older: (nextCursor) => {
      trail.current.push(state.cursor);
      void setState({ cursor: nextCursor }, { history: 'push', scroll: true });
    },
    newer: () =>
      void setState({ cursor: trail.current.pop() ?? null }, { history: 'push', scroll: true }),
    openId: state.open,
    setOpenId: (id) => void setState({ open: id }),
  };
}
