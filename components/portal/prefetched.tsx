'use client';

import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { QueryValue } from '@/lib/client/api';
import { itemKey } from '@/lib/client/use-item';
import { listKey } from '@/lib/client/use-list';
import type { Page } from '@/lib/services/wire/schemas';

type Query = Readonly<Record<string, QueryValue>>;

/** What the server has read already, under the names by which the browser would ask for it. */
export type PrefetchedEntry =
  | { path: string; query: Query; page: Page<unknown> }
  | { path: string; id?: string; query?: Query; item: unknown };

export interface PrefetchedProps {
  entries: readonly PrefetchedEntry[];
  children: ReactNode;
}

/** The first view comes with the page; from then on the browser keeps it fresh. */
export function Prefetched({ entries, children }: PrefetchedProps) {
  const [seen, setSeen] = useState({ entries, state: stateOf(entries) });
  if (seen.entries !== entries) setSeen({ entries, state: stateOf(entries) });
  return <HydrationBoundary state={seen.state}>{children}</HydrationBoundary>;
}

function stateOf(entries: readonly PrefetchedEntry[]) {
  const client = new QueryClient();
  for (const entry of entries) {
    if ('page' in entry) client.setQueryData(listKey(entry.path, entry.query), entry.page);
    else client.setQueryData(itemKey(entry.path, entry.id, entry.query), entry.item);
  }
  return dehydrate(client);
}
