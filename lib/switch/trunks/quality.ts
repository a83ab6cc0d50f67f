import type { Clock } from '@/lib/core/clock';

/** What became of a call that a trunk was tried for. */
export type AttemptOutcome =
  | 'answered'
  /** Busy, nobody there, no such number, or the caller gave up: it worked, and nobody talked. */
  | 'unanswered'
  /** The way itself is closed: what makes the switch try the next one. */
  | 'failed';

/** By what a trunk is judged beside its own failures. */
export interface QualityTerms {
  /** Fewer answered of a hundred calls put it behind the others; null: not judged by that. */
  readonly minAnswerPercent: number | null;
  /** As does a shorter average call, in seconds. */
  readonly minTalkSeconds: number | null;
}

/** Put behind the other routes until then (Unix ms), and why. */
export interface Demotion {
  readonly untilMs: number;
  readonly why: string;
}

/** How a trunk did in the last quarter of an hour. */
export interface QualityFigures {
  readonly attempts: number;
  readonly answered: number;
  readonly failed: number;
  readonly talkedCalls: number;
  readonly talkedSeconds: number;
}

/** The past that is judged: a quarter of an hour, minute by minute. */
const BUCKET_MS = 60_000;
const BUCKETS = 15;
/** Below that many calls nothing is said of anybody. */
const LEAST_CALLS = 20;
/** Failing calls are noticed sooner: the first ones in a row are enough. */
const LEAST_FAILURES = 10;
/** Half of the calls: no carrier that works fails that often. */
const MAX_FAILED_PART = 0.5;
/** How long a trunk comes last; twice as long each time, an hour at most. */
const FIRST_DEMOTION_MS = 5 * 60_000;
const LONGEST_DEMOTION_MS = 60 * 60_000;
/** A trunk that went so long without being demoted begins anew. */
const FORGIVEN_AFTER_MS = 2 * 60 * 60_000;

interface Bucket {
  minute: number;
  attempts: number;
  answered: number;
  failed: number;
  talkedCalls: number;
  talkedSeconds: number;
}

interface Judged {
  readonly buckets: Bucket[];
  demotion: Demotion | null;
  /** How often it was demoted without being forgiven. */
  times: number;
  returnedAtMs: number;
}

/**
 * Watches how calls over each trunk come out (ASR, ACD, failures of the way itself) and puts a trunk
 * behind the others for a while when too few of its calls work. It is never shut out: where no other
 * route is left its calls still go, and after a while it is tried again as if nothing had been.
 */
export class TrunkQuality {
  private readonly judged = new Map<string, Judged>();
  private readonly clock: Clock;
  private readonly onChange: (trunkId: string, demotion: Demotion | null) => void;

  constructor(clock: Clock, onChange: (trunkId: string, demotion: Demotion | null) => void) {
    this.clock = clock;
    this.onChange = onChange;
  }

  /** A call was tried there, and this became of it. */
  attempted(trunkId: string, outcome: AttemptOutcome, terms: QualityTerms): void {
    const trunk = this.of(trunkId);
    const bucket = this.bucketOf(trunk);
    bucket.attempts += 1;
    if (outcome === 'answered') bucket.answered += 1;
    if (outcome === 'failed') bucket.failed += 1;
    this.judge(trunkId, trunk, terms);
  }

  /** A call that it carried is over. */
  talked(trunkId: string, seconds: number, terms: QualityTerms): void {
    const trunk = this.of(trunkId);
    const bucket = this.bucketOf(trunk);
    bucket.talkedCalls += 1;
    bucket.talkedSeconds += seconds;
    this.judge(trunkId, trunk, terms);
  }

  /** Brings back those whose time is over; every ten seconds. */
  sweep(): void {
    const nowMs = this.clock.nowMs();
    for (const [trunkId, trunk] of this.judged) {
      if (trunk.demotion === null || trunk.demotion.untilMs > nowMs) continue;
      trunk.demotion = null;
      trunk.returnedAtMs = nowMs;
      // What it did before is not held against it.
      trunk.buckets.length = 0;
      this.onChange(trunkId, null);
    }
  }

  /** A trunk that is gone has no past. */
  keepOnly(isKnown: (trunkId: string) => boolean): void {
    for (const [trunkId, { demotion }] of this.judged) {
      if (isKnown(trunkId)) continue;
      this.judged.delete(trunkId);
      if (demotion) this.onChange(trunkId, null);
    }
  }

  figures(trunkId: string): QualityFigures {
    const total = { attempts: 0, answered: 0, failed: 0, talkedCalls: 0, talkedSeconds: 0 };
    const oldest = this.minute() - BUCKETS;
    for (const bucket of this.judged.get(trunkId)?.buckets ?? []) {
      if (bucket.minute <= oldest) continue;
      total.attempts += bucket.attempts;
      total.answered += bucket.answered;
      total.failed += bucket.failed;
      total.talkedCalls += bucket.talkedCalls;
      total.talkedSeconds += bucket.talkedSeconds;
    }
    return total;
  }

  private minute(): number {
    return Math.floor(this.clock.nowMs() / BUCKET_MS);
  }

  private of(trunkId: string): Judged {
    const known = this.judged.get(trunkId);
    if (known) return known;
    const fresh = { buckets: [], demotion: null, times: 0, returnedAtMs: 0 };
    this.judged.set(trunkId, fresh);
    return fresh;
  }

  private bucketOf({ buckets }: Judged): Bucket {
    const minute = this.minute();
    const last = buckets.at(-1);
    if (last?.minute === minute) return last;
    while (buckets.length > 0 && (buckets[0]?.minute ?? 0) <= minute - BUCKETS) buckets.shift();
    const fresh = { minute, attempts: 0, answered: 0, failed: 0, talkedCalls: 0, talkedSeconds: 0 };
    buckets.push(fresh);
    return fresh;
  }

  private judge(trunkId: string, trunk: Judged, terms: QualityTerms): void {
    if (trunk.demotion !== null) return;
    const why = faultOf(this.figures(trunkId), terms);
    if (why === null) return;
    const nowMs = this.clock.nowMs();
    if (nowMs - trunk.returnedAtMs > FORGIVEN_AFTER_MS) trunk.times = 0;
    const lasts = Math.min(FIRST_DEMOTION_MS * 2 ** trunk.times, LONGEST_DEMOTION_MS);
    trunk.times += 1;
    trunk.demotion = { untilMs: nowMs + lasts, why };
    this.onChange(trunkId, trunk.demotion);
  }
}

/** What is wrong with a trunk that did like this; null: nothing. */
function faultOf(figures: QualityFigures, terms: QualityTerms): string | null {
  const { attempts, answered, failed, talkedCalls, talkedSeconds } = figures;
  if (failed >= LEAST_FAILURES && failed > attempts * MAX_FAILED_PART) {
    return `${failed} of ${attempts} calls failed`;
  }
  const { minAnswerPercent, minTalkSeconds } = terms;
  if (attempts >= LEAST_CALLS && minAnswerPercent !== null) {
    const percent = (answered * 100) / attempts;
    if (percent < minAnswerPercent) {
      return `${percent.toFixed(0)} % of ${attempts} calls answered, ${minAnswerPercent} % wanted`;
    }
  }
  if (talkedCalls >= LEAST_CALLS && minTalkSeconds !== null) {
    const seconds = talkedSeconds / talkedCalls;
    if (seconds < minTalkSeconds) {
      return `${seconds.toFixed(0)} s talked on average, ${minTalkSeconds} s wanted`;
    }
  }
  return null;
}
