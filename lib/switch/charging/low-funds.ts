import type { Timer, TimerScheduler } from '@/lib/protocol/sip/timers';

/** How long before the end whoever pays is warned: once in time to end the call, once at the end. */
export const WARN_BEFORE_MS: readonly number[] = [60_000, 10_000];

/** Who learns late that the end is near: a call that was just answered is not heard yet. */
const SETTLED_MS = 1_500;
/** Two warnings closer together are one. */
const APART_MS = 3_000;
/** Who has been warned is warned anew where so much time was gained since: a top-up, a call that ended. */
const GAINED_MS = 15_000;

/** What is known of the end of a call's funds. */
export interface Outlook {
  readonly leftMs: number;
  /** It is looked at again then: what comes later is not planned yet. */
  readonly knownForMs: number;
}

/** The warnings of one call whose funds come to an end. */
export class LowFunds {
  private readonly timers: TimerScheduler;
  /** The longest first. */
  private readonly beforeMs: readonly number[];
  private readonly warn: () => void;
  private planned: readonly Timer[] = [];
  private isWarned = false;

  constructor(timers: TimerScheduler, beforeMs: readonly number[], warn: () => void) {
    this.timers = timers;
    this.beforeMs = beforeMs;
    this.warn = warn;
  }

  /** Plans anew. Where it is known late that the end is near it is said at once, and once. */
  plan({ leftMs, knownForMs }: Outlook): void {
    this.cancel();
    const [first = 0] = this.beforeMs;
    if (leftMs > first + GAINED_MS) this.isWarned = false;
    const due = this.beforeMs
      .filter((beforeMs) => beforeMs < first || !this.isWarned)
      .map((beforeMs) => leftMs - beforeMs)
      .filter((afterMs) => afterMs >= 0 && afterMs <= knownForMs);
    const isLate =
      !this.isWarned &&
      leftMs < first + SETTLED_MS &&
      !due.some((afterMs) => afterMs >= SETTLED_MS && afterMs <= SETTLED_MS + APART_MS);
    const later = due.filter((afterMs) => afterMs >= SETTLED_MS);
    this.planned = (isLate ? [SETTLED_MS, ...later] : due).map((afterMs) =>
      this.timers.after(afterMs, () => {
        this.isWarned = true;
        this.warn();
      }),
    );
  }

  cancel(): void {
    for (const timer of this.planned) timer.cancel();
    this.planned = [];
  }
}
