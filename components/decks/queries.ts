import type { QueryClient } from '@tanstack/react-query';
import type { QueryValue } from '@/lib/client/api';

interface DeckFilters {
  search: string | null;
  kind: string | null;
  cursor: string | null;
}

/** What the API is asked for; the same on the server and in the browser, so that it is asked once. */
export function deckQuery({ search, kind, cursor }: DeckFilters): Record<string, QueryValue> {
  return { search: search === '' ? null : search, kind, cursor, limit: 50 };
}

interface RateFilters {
  /** The beginning of a prefix, or part of a destination's name. */
  search: string | null;
  /** null: the active one, else the newest. */
  version: string | null;
  cursor: string | null;
}

/** Likewise for the rates of a version. */
export function ratesQuery({ search, version, cursor }: RateFilters): Record<string, QueryValue> {
  return { search: search === '' ? null : search, version, cursor, limit: 100 };
}

/** Where the rates of a deck are listed. */
export const ratesPath = (deckId: string): string => `/decks/${deckId}/rates`;

/** Where a version is looked at before it is activated. */
export const reviewHref = (home: string, deckId: string, version: number): string =>
  `${home}/${deckId}/review?version=${version}`;

/** Where a deck's price lists are imported; of an import, where it is looked at. */
export const importHref = (home: string, deckId: string, importId?: string): string =>
  `${home}/${deckId}/import${importId === undefined ? '' : `?import=${importId}`}`;

/** Reads everything about a deck again, and the lists that it stands in. */
export async function refreshDeck(queryClient: QueryClient, deckId: string): Promise<void> {
  const keys = [
    ['list', '/decks'],
    ['item', '/decks'],
    ['list', ratesPath(deckId)],
    ['list', `/decks/${deckId}/changes`],
    ['item', `/decks/${deckId}/diff`],
    ['item', `/decks/${deckId}/impact`],
  ];
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}
