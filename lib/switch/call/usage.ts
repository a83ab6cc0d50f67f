import type { LimitSubjectKind, Limits, LimitUsage } from '@/lib/core/call-plan/views';
import type { Clock } from '@/lib/core/clock';

/** Somebody whose calls are counted. */
export interface UsageSubject {
  readonly kind: LimitSubjectKind;
  readonly id: string;
}

interface Counter {
  concurrent: number;
  /** Starts of the last second, oldest first. */
  starts: number[];
}

/** What a call was counted in at; `leave` empties it. */
export type Entered = Counter[];

const SECOND_MS = 1000;

/**
 * The counters behind the limits: calls in progress and calls begun within the last second, for
 * each account, tenant, extension and trunk that has any. A subject without calls takes no memory.
 */
export class CallUsage implements Limits {
  private readonly counters = new Map<LimitSubjectKind, Map<string, Counter>>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  usage(kind: LimitSubjectKind, id: string): LimitUsage {
    const counter = this.counters.get(kind)?.get(id);
    if (!counter) return { concurrentCalls: 0, callsThisSecond: 0, spentTodayMicro: 0n };
    this.forget(counter);
    return {
      concurrentCalls: counter.concurrent,
      callsThisSecond: counter.starts.length,
      spentTodayMicro: 0n,
    };
  }

  /** Counts a call in at all its subjects; `leave` counts it out, once. */
  enter(subjects: readonly UsageSubject[]): Entered {
    const counters = new Set(subjects.map((subject) => this.counterOf(subject)));
    const nowMs = this.clock.monotonicMs();
    for (const counter of counters) {
      counter.concurrent += 1;
      this.forget(counter);
      counter.starts.push(nowMs);
    }
    // The counters themselves are kept for the way out: one with a call in it is never dropped. A
    // spread leaves room for a dozen more, a copy of it has none.
    return [...counters].slice();
  }

  leave(entered: Entered): void {
    for (const counter of entered) counter.concurrent -= 1;
    entered.length = 0;
  }

  /** For each hop, calls in progress on its buyer's account; one at least, that which asks. */
  callsOn(hops: readonly { readonly buyerAccountId: string }[]): readonly number[] {
    return hops.map((hop) =>
      Math.max(1, this.usage('account', hop.buyerAccountId).concurrentCalls),
    );
  }

  /** Subjects with calls in progress; none must be left when all calls have ended. */
  get busySubjects(): number {
    let busy = 0;
    for (const counters of this.counters.values()) {
      for (const counter of counters.values()) if (counter.concurrent > 0) busy += 1;
    }
    return busy;
  }

  /** Drops subjects that had nothing for a second; called every now and then. */
  sweep(): void {
    for (const counters of this.counters.values()) {
      for (const [id, counter] of counters) {
        this.forget(counter);
        if (counter.concurrent === 0 && counter.starts.length === 0) counters.delete(id);
      }
    }
  }

  private counterOf({ kind, id }: UsageSubject): Counter {
    const counters = this.counters.get(kind) ?? new Map<string, Counter>();
    if (counters.size === 0) this.counters.set(kind, counters);
    const known = counters.get(id);
    if (known) return known;
    const fresh = { concurrent: 0, starts: [] };
    counters.set(id, fresh);
    return fresh;
  }

  private forget(counter: Counter): void {
    const horizon = this.clock.monotonicMs() - SECOND_MS;
    let stale = 0;
    while (stale < counter.starts.length && (counter.starts[stale] ?? 0) <= horizon) stale += 1;
    if (stale > 0) counter.starts.splice(0, stale);
  }
}
