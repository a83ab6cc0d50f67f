/** Refreshes are no events: what is left of a registration is asked for this often. */
export const REFRESH_MS = 15_000;
const PAGE_SIZE = 50;

export const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;
type Transport = (typeof TRANSPORTS)[number];

export interface RegistrationFilters {
  search: string;
  transport: string | null;
  cursor: string | null;
}

/** One page of the list; the same on the server and in the browser. */
export function registrationQuery({ search, transport, cursor }: RegistrationFilters) {
  const known = TRANSPORTS.find((one): one is Transport => one === transport);
  return {
    limit: PAGE_SIZE,
    ...(search.trim() === '' ? {} : { search: search.trim() }),
    ...(known ? { transport: known } : {}),
    ...(cursor ? { cursor } : {}),
  };
}
