import type { QueryValue } from '@/lib/client/api';

/** A page of a statement, as it is asked for on the server and in the browser. */
export function statementQuery(cursor: string | null): Record<string, QueryValue> {
  return { cursor, limit: 50 };
}

/** Where a wallet's statement lies in the API. */
export const statementPath = (walletId: string): string => `/wallets/${walletId}/statement`;
