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
