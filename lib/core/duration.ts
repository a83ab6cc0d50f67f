/**
 * No call outlives a day: the absolute maximum behind every other limit, and the bound that keeps
 * seconds, and prices made of them, far inside the integers (facts: ghosts are ended by it).
 */
export const MAX_CALL_SECONDS = 86_400;

/**
 * The seconds that an answered call is rated for: its milliseconds on the monotonic clock, from
 * 200 OK to the first BYE or gate close, to the nearest whole second, half up, and at least 1.
 * What was never answered is not rated at all. Why: lib/core/rating/README.md.
 */
export function ratedSeconds(talkedMs: number): number {
  return Math.min(MAX_CALL_SECONDS, Math.max(1, Math.floor(talkedMs / 1000 + 0.5)));
}

/** The seconds that a call settles to: what it talked, and never more than what was held for it. */
export function settledSeconds(talkedMs: number, grantedSeconds: number): number {
  return Math.min(ratedSeconds(talkedMs), grantedSeconds);
}
