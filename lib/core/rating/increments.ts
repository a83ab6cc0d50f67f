/** In which steps a rate bills time: a first one, then further ones. Whole seconds. */
export interface Increments {
  /** 0 or more: what any charged call is billed at least. */
  readonly firstSeconds: number;
  /** 1 or more: the steps after that. */
  readonly nextSeconds: number;
}

/**
 * The seconds that a duration is billed as: the first increment, then as many whole next ones as
 * reach the duration; 0 for 0. The canonical first/next interval of Yeti and PortaBilling: what is
 * rounded up is the time *after* the first increment, not the whole duration.
 */
export function billedSeconds(durationSeconds: number, increments: Increments): number {
  const { firstSeconds, nextSeconds } = increments;
  if (durationSeconds <= 0) return 0;
  if (durationSeconds <= firstSeconds) return firstSeconds;
  return firstSeconds + Math.ceil((durationSeconds - firstSeconds) / nextSeconds) * nextSeconds;
}
