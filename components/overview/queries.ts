/** The last calls, as many as the panel has lines. */
export const RECENT_QUERY = { limit: 7 } as const;

/** All extensions of an ordinary account: those that are registered come first in the browser. */
export const EXTENSIONS_QUERY = { limit: 200 } as const;
