import type {
  CountedSubject,
  LimitSubjectKind,
  Limits,
  LimitUsage,
  VelocityKey,
  VelocityUsage,
} from '@/lib/core/call-plan/views';
import type { Clock } from '@/lib/core/clock';

interface Counter {
  concurrent: number;
  /** Of those, the ones that the subject makes. */
  outgoing: number;
  /** Starts of the last second, oldest first. */
  starts: number[];
}

/** What a call was counted in at, those first that make it; `leave` empties it. */
export interface Entered {
  counters: Counter[];
  outgoing: number;
}

/** What was spent, and how fast calls follow each other: kept by whoever prices calls. */
export interface SpendCounters {
  spentTodayMicro(kind: LimitSubjectKind, id: string): bigint;
  velocity(key: VelocityKey): VelocityUsage;
}

const NOTHING_SPENT: SpendCounters = {
  spentTodayMicro: () => 0n,
  velocity: () => ({ calls: 0, spentMicro: 0n }),
};

const SECOND_MS = 1000;

/**
 * The counters behind the limits: calls in progress and calls begun within the last second, for
 * each account, tenant, extension and trunk that has any. A subject without calls takes no memory.
 */
export class CallUsage implements Limits {
  private readonly counters = new Map<LimitSubjectKind, Map<string, Counter>>();
  private readonly clock: Clock;
  private readonly spend: SpendCounters;

  constructor(clock: Clock, spend: SpendCounters = NOTHING_SPENT) {
    this.clock = clock;
    this.spend = spend;
  }

  usage(kind: LimitSubjectKind, id: string): LimitUsage {
    const counter = this.counters.get(kind)?.get(id);
    const spentTodayMicro = this.spend.spentTodayMicro(kind, id);
    if (!counter) {
      return { concurrentCalls: 0, outgoingCalls: 0, callsThisSecond: 0, spentTodayMicro };
    }
    this.forget(counter);
    return {
      concurrentCalls: counter.concurrent,
      outgoingCalls: counter.outgoing,
      callsThisSecond: counter.starts.length,
      spentTodayMicro,
    };
  }

  velocity(key: VelocityKey): VelocityUsage {
    return this.spend.velocity(key);
  }

  /** Counts a call in at all its subjects; `leave` counts it out, once. */
  enter(subjects: readonly CountedSubject[]): Entered {
    const making: Counter[] = [];
    const taking: Counter[] = [];
    const nowMs = this.clock.monotonicMs();
    for (const subject of subjects) {
      const counter = this.counterOf(subject);
      if (making.includes(counter) || taking.includes(counter)) continue;
      (subject.isCalled ? taking : making).push(counter);
      counter.concurrent += 1;
      if (!subject.isCalled) counter.outgoing += 1;
      this.forget(counter);
      counter.starts.push(nowMs);
    }
    // The counters themselves are kept for the way out: one with a call in it is never dropped. A
    // list that grew leaves room for more, a copy of it has none.
    return { counters: [...making, ...taking].slice(), outgoing: making.length };
  }

  leave(entered: Entered): void {
    const { counters, outgoing } = entered;
    entered.counters = [];
    for (const [index, counter] of counters.entries()) {
      counter.concurrent -= 1;
      if (index < outgoing) counter.outgoing -= 1;
    }
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

  private counterOf({ kind, id }: CountedSubject): Counter {
    const counters = this.counters.get(kind) ?? new Map<string, Counter>();
    if (counters.size === 0) this.counters.set(kind, counters);
    const known = counters.get(id);
    if (known) return known;
    const fresh = { concurrent: 0, outgoing: 0, starts: [] };
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
