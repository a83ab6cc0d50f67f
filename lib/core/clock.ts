/** Time as an argument: wall time for records, monotonic time for durations. */
export interface Clock {
  /** Wall clock, Unix milliseconds. */
  nowMs(): number;
  /** Never goes back; milliseconds from an arbitrary start, with fractions. */
  monotonicMs(): number;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A clock that a test moves by hand; wall and monotonic time move together. */
export class ManualClock implements Clock {
  private wallMs: number;
  private elapsedMs = 0;

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.wallMs = startMs;
  }

  nowMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  /** Moves both clocks forward. */
  advance(byMs: number): void {
    this.wallMs += byMs;
    this.elapsedMs += byMs;
  }
}
