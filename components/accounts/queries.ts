import type { QueryValue } from '@/lib/client/api';

interface AccountFilters {
  search: string | null;
  kind: string | null;
  state: string | null;
  cursor: string | null;
}

/** The flat list; the same on the server and in the browser, so that it is asked once. */
export function accountQuery(filters: AccountFilters): Record<string, QueryValue> {
  const { search, kind, state, cursor } = filters;
  return { search: search === '' ? null : search, kind, state, cursor, limit: 50 };
}

/** Accounts that one sells to; more than these are shown as a list. */
export const childrenQuery = (parentId: string) => ({ parentId, limit: 100 });

/** Domains to name accounts by; more than these are told on an account's sheet alone. */
export const TENANTS_QUERY = { limit: 200 } as const;

/** Whoever an account may be created below. */
export const RESELLERS_QUERY = { kind: 'reseller', limit: 200 } as const;

/** What a seller may sell at. */
export const sellDecksQuery = (sellerId: string) => ({
  kind: 'sell',
  accountId: sellerId,
  limit: 200,
});
