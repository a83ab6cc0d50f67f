import type { QueryValue } from '@/lib/client/api';

/** Filters of the list, as they stand in the address. */
export interface ExtensionFilters {
  search: string | null;
  state: string | null;
  cursor: string | null;
}

/** What the API is asked for; the same on the server and in the browser, so that it is asked once. */
export function extensionQuery(filters: ExtensionFilters): Record<string, QueryValue> {
  return {
    search: filters.search === '' ? null : filters.search,
    state: filters.state,
    cursor: filters.cursor,
    limit: 100,
  };
}

/** The outcome of waiting for a phone, as far as this page has seen it. */
export interface RefusedAttempts {
  count: number;
  /** Of the last one, ISO 8601. */
  at: string;
  address: string;
  reason: 'wrong_secret' | 'suspended' | 'too_many_contacts';
}

/** Where phones reach the switch; see lib/web/sip-access. */
export interface SipAccessFacts {
  host: string;
  udpTcp: number;
  tls: number;
  wss: number;
}
