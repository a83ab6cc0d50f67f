/** The newest rates; the same on the server and in the browser. */
export const RATES_QUERY = { limit: 100 } as const;
