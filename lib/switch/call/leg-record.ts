import type { Clock } from '@/lib/core/clock';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';

/** How a leg went, for the record of its call; every moment is noted once. */
export class LegRecord {
  readonly startedAtMs: number;
  private readonly clock: Clock;
  private ringingAtMs: number | null = null;
  private answeredAtMs: number | null = null;
  private ended:
    | { readonly atMs: number; readonly status: number; readonly q850: number | null }
    | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.startedAtMs = clock.nowMs();
  }

  get isAnswered(): boolean {
    return this.answeredAtMs !== null;
  }

  get isEnded(): boolean {
    return this.ended !== undefined;
  }

  ringing(): void {
    this.ringingAtMs ??= this.clock.nowMs();
  }

  answered(): void {
    this.answeredAtMs ??= this.clock.nowMs();
  }

  /** False where it has ended before. */
  end(status: number, q850: number | null): boolean {
    if (this.ended) return false;
    this.ended = { atMs: this.clock.nowMs(), status, q850 };
    return true;
  }

  /** The moments so far. */
  moments(): Pick<LegFacts, 'startedAtMs' | 'ringingAtMs' | 'answeredAtMs'> {
    const { startedAtMs, ringingAtMs, answeredAtMs } = this;
    return { startedAtMs, ringingAtMs, answeredAtMs };
  }

  /** How it ended; what has not ended yet ends now. */
  ending(): Pick<LegResult, 'endedAtMs' | 'sipStatus' | 'q850Cause'> {
    return {
      endedAtMs: this.ended?.atMs ?? this.clock.nowMs(),
      sipStatus: this.ended?.status ?? 0,
      q850Cause: this.ended?.q850 ?? null,
    };
  }
}
