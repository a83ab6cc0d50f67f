/** The trunks that the live switch names; the same on the server and in the browser. */
export const TRUNK_QUERY = { limit: 200 } as const;

/** Today's figures need no more than today. */
export const TODAY_QUERY = { days: 1 } as const;
