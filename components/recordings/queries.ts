/** The recordings of a call: one, or another after somebody stopped and began anew. */
export function recordingsQuery(callId: string) {
  return { callId, limit: 10 } as const;
}

/** How often it is asked whether one that is being made is ready. */
export const MAKING_MS = 2_000;
