import { BoundedMap } from './bounded-map';

/** Failures at one name, from all sources together, before strangers get a single guess. */
const TOLERATED_FAILURES = 20;
/** One failure is forgotten in this time. */
const FORGET_FAILURE_MS = 30_000;
/** A name that is guessed at without end calms down within this many forgotten failures. */
const MAX_HEAT = 200;

interface Guarded {
  failures: number;
  failedAtMs: number;
}

/**
 * Guards names that are guessed at from many addresses at once, each staying below what one address
 * may do: once a name is hot, a wrong guess is a source's last.
 */
export class NameGuard {
  private readonly names: BoundedMap<Guarded>;

  constructor(maxNames: number) {
    this.names = new BoundedMap(maxNames);
  }

  /** Counts a wrong guess at a name; true where the name is hot by now. */
  recordFailure(name: string, nowMs: number): boolean {
    const guarded = this.names.get(name) ?? { failures: 0, failedAtMs: nowMs };
    const forgotten = Math.floor((nowMs - guarded.failedAtMs) / FORGET_FAILURE_MS);
    guarded.failures = Math.min(Math.max(guarded.failures - forgotten, 0) + 1, MAX_HEAT);
    guarded.failedAtMs = nowMs;
    this.names.set(name, guarded);
    return guarded.failures > TOLERATED_FAILURES;
  }
}
